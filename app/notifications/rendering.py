"""Writes messages: one template a message says subject, words and buttons once; plain text and HTML are made of them.

A template has the blocks `subject`, `words` (paragraphs, an empty line between them) and `buttons` (lines of
`label | address`). Everything is plain text until the HTML layout escapes it.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from app.core.catalogues import known, texts
from app.notifications.messages import Letterhead


class Written(NamedTuple):
    subject: str
    text: str
    html: str


def write(
    letterhead: Letterhead,
    name: str,
    facts: Mapping[str, Any],
    *,
    locale: str = "en",
    table: Sequence[tuple[str, str]] = (),
) -> Written:
    """The message `templates/mail/<name>.txt` with its facts, and a table of what is the case beneath the words.

    What there is several of in the table has a line each.
    """
    environment = _environment(letterhead.templates, known(locale))
    template = environment.get_template(f"{name}.txt")
    context = template.new_context({"base_url": letterhead.base_url, **facts})
    parts = {block: "".join(render(context)) for block, render in template.blocks.items()}
    subject = " ".join(parts["subject"].split())
    shown = {
        "subject": subject,
        "words": [" ".join(each.split()) for each in re.split(r"\n\s*\n", parts["words"]) if each.strip()],
        "buttons": [_button(line) for line in parts.get("buttons", "").splitlines() if "|" in line],
        "table": [(label, value.splitlines()) for label, value in table],
        "locale": locale,
        "base_url": letterhead.base_url,
    }
    text = environment.get_template("_layout.txt").render(shown)
    html = environment.get_template("_layout.html").render(shown)
    return Written(subject, re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _button(line: str) -> tuple[str, str]:
    label, _, address = line.partition("|")
    return label.strip(), address.strip()


@lru_cache(maxsize=8)
def _environment(templates: Path, language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]
    return environment
