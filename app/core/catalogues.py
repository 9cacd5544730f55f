"""What the house's texts are in other languages.

English sentences are their own keys. A catalogue is one file, `app/translations/<language>/LC_MESSAGES/messages.po`,
read when its language is first wanted; there is nothing to compile (docs/decisions/spanish.md).
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

TRANSLATIONS: Final = Path(__file__).resolve().parents[1] / "translations"
ENGLISH: Final = "en"
LANGUAGES: tuple[str, ...] = (
    ENGLISH,
    *sorted(file.parts[-3] for file in TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")),
)
"""Only what is translated: half a page in another language helps nobody."""


def known(language: str | None) -> str:
    """`language` when there is a catalogue for it, or English."""
    return language if language in LANGUAGES else ENGLISH


@cache
def texts(language: str) -> NullTranslations:
    """The catalogue of a language; English sentences stay as they are, and so do those of an unknown language."""
    if language == ENGLISH or language not in LANGUAGES:
        return NullTranslations()
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
