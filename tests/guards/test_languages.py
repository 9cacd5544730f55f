"""No page mixes languages: in a language that brackets every text of the catalogue, nothing stands outside of brackets."""

import re

import pytest
from flask import Flask
from jinja2 import Environment
from sqlalchemy.orm import Session

from config import ROOT
from tests.access.test_every_route import World, routes
from tests.support.pseudo import ALLOWED, WORD, mixed_in, speak_pseudo

TEMPLATES = ROOT / "templates"
CALLERS = ("public", "patient", "therapist", "doctor", "editor", "admin")
ENGLISH_ONLY = ("/dev/", "/api/", "/metrics", "/admin/imports")


@pytest.mark.parametrize("caller", CALLERS)
def test_every_page_speaks_one_language(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch, caller: str
) -> None:
    speak_pseudo(monkeypatch)
    world, wrong, seen = World(app, session), [], 0
    for rule, method in routes(app):
        if method != "GET" or rule.rule.startswith(ENGLISH_ONLY):
            continue
        address = world.address(rule, world.people.get(caller, world.stranger))
        client = world.client(caller)
        answer = client.get(address, headers={"Accept-Language": "es"})
        if answer.mimetype != "text/html" or 300 <= answer.status_code < 400:
            continue
        seen += 1
        wrong += [f"{rule.rule}: {text}" for text in mixed_in(answer.text)]
    assert seen > 10
    assert not wrong, "outside of the catalogue, so English for everybody:\n" + "\n".join(dict.fromkeys(wrong))


def test_the_guard_sees_what_is_not_in_the_catalogue() -> None:
    page = "<html lang=es><title>⟦Hello %(name)s⟧</title><p>⟦Hello <b>Pat</b>⟧<p title='Close'>Open <i>⟦now⟧</i></p>"
    assert mixed_in(page, frozenset(["pat"])) == ["Close", "Open"]


ENGLISH_TEMPLATES = ("dev/", "admin/imports", "api/")
NO_TEXT = re.compile(
    r"<(\w+)[^<>]*lang=\"en\"[^<>]*>.*?</\1>"  # says itself that it is English
    r"|<(?P<mute>script|style|svg|code)\b.*?</(?P=mute)>|<!--.*?-->|<[^>]*>|&\w+;"
    r"|\blang=\"en\"|(?<= )/[\w/?#=-]+",  # an attribute in a block of its own; the path of a link in a mail
    re.DOTALL,
)
NAMES = frozenset(["min", "utf", "icd", "snomed", "ct"])
"""Units and coding systems: the same in every language."""


def bare_words(source: str) -> list[str]:
    """What a template says by itself: its text without tags, expressions and what stands in {% trans %}."""
    text, inside = "", False
    for _line, kind, value in Environment().lex(source):
        if kind == "name" and value in ("trans", "endtrans"):
            inside = value == "trans"
        text += value if kind == "data" and not inside else " "
    return [word for word in WORD.findall(NO_TEXT.sub(" ", text)) if word.casefold() not in ALLOWED | NAMES]


def test_the_guard_reads_templates() -> None:
    source = "<p title='x'>Hello {{ name }} {% trans %}there{% endtrans %} <i lang=\"en\">now</i></p> | {{ url }}/a/b#c"
    assert bare_words(source) == ["Hello"]


def test_no_template_says_words_of_its_own() -> None:
    """Also where no test leads: errors, rare states, mails."""
    wrong = {
        name: words
        for file in sorted(TEMPLATES.rglob("*.*"))
        if file.suffix in (".html", ".txt")
        and not (name := str(file.relative_to(TEMPLATES))).startswith(ENGLISH_TEMPLATES)
        if (words := bare_words(file.read_text()))
    }
    assert not wrong, f"wrap these in _() or trans, then run `make texts`: {wrong}"
