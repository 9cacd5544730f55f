"""No page mixes languages: in a language that brackets every text of the catalogue, nothing stands outside of brackets."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.access.test_every_route import World, routes
from tests.support.pseudo import mixed_in, speak_pseudo

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
