"""Keeps the catalogues in step with the code: `make texts` takes every text of code and templates into each of them.
`make texts NEW=fr` begins another language.

New texts stand there with nothing beside them until somebody translates them; texts that nobody says any more go.
"""

import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app.core.catalogues import LANGUAGES, TRANSLATIONS
from config import ROOT

ENGLISH_ONLY: Final = ("api", "cli", "directory/demo", "directory/imports", "web/dev")
"""Rooms for programs, operators and developers: they speak English."""
METHODS: Final = {
    "app": [*((f"{each}/**", "ignore") for each in ENGLISH_ONLY), ("**.py", "python")],
    "templates": [("dev/**", "ignore"), ("**.html", "jinja2"), ("**.txt", "jinja2")],
}
KEYWORDS: Final = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext", "translated"), None),
    **dict.fromkeys(("NotFound", "Forbidden", "Conflict", "Gone", "Invalid", "Unfetchable", "Sentence"), None),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
"""The first argument of a domain error is a text like any other: it reaches people through a door."""


def in_the_code() -> Catalog:
    """Every text that code and templates say, with the files that say it."""
    found = Catalog(project="Unknot", charset="utf-8")
    for folder, methods in METHODS.items():
        for name, _line, message, comments, context in extract_from_dir(
            str(ROOT / folder), methods, keywords=KEYWORDS, comment_tags=("translators:",), strip_comment_tags=True
        ):
            if not key_of(message).strip():
                continue
            found.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return found


def path_of(language: str) -> Path:
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def catalogue(language: str) -> Catalog:
    """A language's catalogue as it is in the repository, empty for a new one; PoFileError with the line that is wrong."""
    if not path_of(language).exists():
        return Catalog(locale=language)
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def brought_up_to_date(language: str) -> Catalog:
    """The catalogue with the code's texts: what is translated stays, what is gone goes."""
    code, old = in_the_code(), catalogue(language)
    for message in code:
        if message.id and (known := old.get(key_of(message.id), message.context)) is not None:
            message.string, message.user_comments = known.string, known.user_comments
    code.locale, code.mime_headers = old.locale, old.mime_headers
    return code


def key_of(ids: object) -> str:
    return ids[0] if isinstance(ids, tuple | list) else str(ids)


def as_text(one: Catalog) -> bytes:
    """The file: in alphabetical order and without places in the code, so that it changes only where a text does."""
    out = BytesIO()
    write_po(out, one, width=0, omit_header=True, no_location=True, sort_output=True)
    return HEADER.format(language=one.locale, plurals=one.plural_forms).encode() + out.getvalue()


HEADER: Final = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"

"""


def untranslated(one: Catalog) -> list[Message]:
    return [each for each in one if each.id and not _is_whole(each.string)]


def _is_whole(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main(asked: Sequence[str] = ()) -> int:
    """0 when nothing waits for a translation. `asked` are the codes of new languages, to be begun."""
    waiting = 0
    for language in [*LANGUAGES[1:], *(each for each in asked if each not in LANGUAGES)]:
        one = brought_up_to_date(language)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        path_of(language).write_bytes(as_text(one))
        missing = untranslated(one)
        waiting += len(missing)
        print(f"{path_of(language).relative_to(ROOT)}: {len(one)} texts, {len(missing)} without a translation")
        for each in missing:
            print(f"  {each.locations[0][0]}: {key_of(each.id)}")
    if waiting:
        print("Write them beside their msgid, then commit the file. Values such as %(name)s stay as they are.")
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
