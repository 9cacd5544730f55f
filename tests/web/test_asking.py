"""What pages ask of people: nothing that can be left out is required, and nothing is judged while somebody types (case 26)."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import ROOT
from tests.scheduling.world import World
from tests.web.scheduling.conftest import clock, patient, world
from tests.web.scheduling.journey import PAT, Patient, answers

__all__ = ["clock", "patient", "world"]
CONTROL = re.compile(r"<(?:input|select|textarea)\b[^>]*>")
JUDGES = re.compile(r"setCustomValidity|reportValidity|checkValidity|\.validity|aria-invalid|field--bad|field__error")


def required(text: str) -> set[str]:
    """The names of what a page requires. Such a form is judged by the server, whole, when it is sent."""
    found = set()
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
        names = {
            re.sub(r'.*name="([^"]*)".*', r"\1", each, flags=re.DOTALL)
            for each in CONTROL.findall(form)
            if re.search(r"\srequired\b", each)
        }
        assert not names or "novalidate" in form[: form.index(">")], names
        found |= names
    return found


def test_who_books_is_asked_for_little(patient: Patient) -> None:
    key = patient.begin()
    patient.post(patient.step(key, "questions/2"), **answers(2))
    patient.post(patient.step(key, "questions/3"), **answers(3))
    contact = patient.step(key, "contact")
    assert required(patient.get(contact).text) == {"name"}
    for way in ({"email": PAT["email"]}, {"phone": "(512) 555-0123"}):
        assert patient.post(contact, whose="me", name="Pat", **way).location.endswith("/review"), way
    for name in ("", "\u200b"):
        refused = patient.post(contact, whose="me", name=name, email="", phone="")
        assert refused.text.count('href="#name"') == refused.text.count('href="#email"') == 1, "all at once"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/", set()),
        ("/therapists", set()),
        ("/therapists/{slug}/report", set()),
        ("/therapists/{slug}/waitlist", {"first", "last", "name", "email"}),
        ("/visits", {"email"}),
        ("/account/register", {"email", "password"}),
        ("/account/reset", {"email"}),
    ],
)
def test_each_page_requires_only_what_it_cannot_do_without(patient: Patient, path: str, asked: set[str]) -> None:
    assert required(patient.client.get(path.format(slug=patient.slug)).text) == asked


def test_where_alone_is_enough_to_search_and_nothing_to_look_around(client: FlaskClient, session: Session) -> None:
    World.make(session)
    for path in ("/therapists?where=30.27,-97.74", "/therapists?where=30.27,-97.74&what=", "/therapists"):
        assert client.get(path).status_code == 200


def test_no_script_judges_what_is_being_typed() -> None:
    scripts = sorted((ROOT / "static/js").rglob("*.js"))
    assert len(scripts) > 10
    assert [script.name for script in scripts if JUDGES.search(script.read_text())] == []
