"""A language that nobody speaks: every text that went through the catalogue stands in ⟦brackets⟧, so what does not is seen."""

import re
from collections.abc import Container
from functools import cache
from xml.etree.ElementTree import Element

import html5lib
import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.support import NullTranslations

from app.core import catalogues
from app.directory.jurisdictions import NAMES
from app.web.finder import results
from tools.texts import in_the_code, key_of

SPOKEN_ATTRIBUTES = frozenset(
    {"title", "alt", "placeholder", "aria-label", "aria-description", "aria-roledescription", "label"}
)
WORD = re.compile(r"[^\W\d_]{2,}")
NO_WORDS = re.compile(r"\S+@\S+|\b[A-Z]+-?[A-Z]*\d+\b|\b(US|CA)-[A-Z]{2}\b|https?://\S+")
BRACKETS = re.compile(r"⟦[^⟦⟧]*⟧|⟦[^⟦⟧]*$|^[^⟦⟧]*⟧")
"""A text with markup in it stands in several nodes, of which one opens and another closes."""
SPANISH = (Locale.parse("es"), Locale.parse("es_US"))
"""Names of languages come from one, dates from the other."""
DATES = frozenset(
    word.casefold()
    for locale in SPANISH
    for names in (locale.days, locale.months)
    for widths in names.values()
    for width in widths.values()
    for name in width.values()
    for word in WORD.findall(name)
) | {"hora", "central", "am", "pm", "de"}
"""What the library of dates says by itself."""
HOUSE = frozenset(["unknot", "geonames", "cc", "by", "english", "español", "pdf", "npi", "icd", "snomed", "ct"])
INVENTED = frozenset(
    [
        "testa",
        "sample",
        "austin",
        "tx",
        "us",
        "pat",
        "example",
        "ada",
        "device",
        "private",
        "massage",
        "test",
        "family",
        "practice",
    ]
)
PROPER = frozenset(
    word.casefold()
    for name in (*NAMES.values(), *SPANISH[0].languages.values(), "America", "Chicago")
    for word in WORD.findall(name)
)
ALLOWED = HOUSE | INVENTED | PROPER


@cache
def of_the_code() -> Catalog:
    """Every text of code and templates: reading them all takes seconds, so once a run."""
    return in_the_code()


def speak_pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for Spanish gets brackets."""
    english, known = catalogues.texts("en"), {key_of(each.id) for each in of_the_code()}
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en", "es"))
    monkeypatch.setattr(catalogues, "texts", lambda language: Pseudo(known) if language == "es" else english)
    for name, each in list(vars(results).items()):
        if hasattr(each, "cache_clear"):  # it remembers words of the language: of other tests, and for other tests
            monkeypatch.setattr(results, name, each.__wrapped__)


class Pseudo(NullTranslations):
    """Brackets what is in the catalogue, `known`, and leaves the rest as it is."""

    def __init__(self, known: Container[str]) -> None:
        super().__init__()
        self.known = known

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧" if message in self.known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧" if msgid1 in self.known else msgid1

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    ugettext, ungettext, upgettext = gettext, ngettext, pgettext


def mixed_in(page: str, allowed: frozenset[str] = ALLOWED) -> list[str]:
    """The texts of a page in the pseudo language that hold words from outside the catalogue, and not `allowed` ones."""
    tree = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False).parse(page)
    return [text for text in _spoken(tree) if _words_outside(text) - allowed - DATES]


def _words_outside(text: str) -> set[str]:
    while (shorter := BRACKETS.sub(" ", text)) != text:
        text = shorter
    return {word.casefold() for word in WORD.findall(NO_WORDS.sub(" ", text))}


def _spoken(node: Element) -> list[str]:
    """Texts and spoken attributes, without those that say that they are in another language, or names."""
    if node.tag in ("script", "style", "code", "kbd") or not isinstance(node.tag, str):
        return []
    found = []
    if node.get("translate") != "no" and (node.tag == "html" or node.get("lang") in (None, "es")):
        found += [value for name, value in node.attrib.items() if _is_spoken(node, str(name), value)]
        found += [node.text or ""]
        for child in node:
            found += [*_spoken(child), child.tail or ""]
    return [" ".join(text.split()) for text in found if text.strip()]


def _is_spoken(node: Element, name: str, value: str) -> bool:
    if name == "content":
        return node.get("name") == "description" or (node.get("property") or "").startswith("og:")
    if name == "value":
        return node.tag == "input" and node.get("type") in ("submit", "button")
    if name.startswith("data-"):
        return name not in ("data-module", "data-part") and " " in value and not value.startswith(("{", "[", "/"))
    return name in SPOKEN_ATTRIBUTES
