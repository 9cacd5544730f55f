"""No page mixes languages: in a language that brackets every text of the catalogue, nothing stands outside of brackets."""

import pytest
from babel import Locale
from flask import Flask
from sqlalchemy.orm import Session

from app.core import catalogues
from app.directory.jurisdictions import NAMES
from tests.access.test_every_route import World, routes
from tests.support.pseudo import WORD, Pseudo, mixed_in
from tools.texts import in_the_code, key_of

CALLERS = ("public", "patient", "therapist", "doctor", "editor", "admin")
ENGLISH_ONLY = ("/dev/", "/api/", "/metrics", "/admin/imports")
HOUSE = frozenset(["unknot", "geonames", "cc", "by", "english", "español", "pdf", "npi"])
INVENTED = frozenset(
    ["testa", "sample", "austin", "tx", "us", "pat", "example", "ada", "device", "private", "massage", "test"]
)
PROPER = frozenset(
    word.casefold()
    for name in (*NAMES.values(), *Locale.parse("es").languages.values(), "America", "Chicago")
    for word in WORD.findall(name)
)
ALLOWED = HOUSE | INVENTED | PROPER


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    english, known = catalogues.texts("en"), {key_of(each.id) for each in in_the_code()}
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en", "es"))
    monkeypatch.setattr(catalogues, "texts", lambda language: Pseudo(known) if language == "es" else english)


@pytest.mark.parametrize("caller", CALLERS)
def test_every_page_speaks_one_language(app: Flask, session: Session, pseudo: None, caller: str) -> None:
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
        wrong += [f"{rule.rule}: {text}" for text in mixed_in(answer.text, ALLOWED)]
    assert seen > 10
    assert not wrong, "\n".join(dict.fromkeys(wrong))
