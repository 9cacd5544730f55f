"""Every route, asked by everybody, with their own and with foreign objects: nobody gets what was not made for them.

New routes are here by themselves. A route with an argument that is new needs one line in `objects.KINDS`.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app.accounts import services
from app.accounts.models import User
from app.accounts.roles import ROLES
from app.doors.audience import declared
from config import ROOT
from tests.access.objects import kind_of
from tests.support.accounts import make_user
from tests.support.statements import told

CALLERS = ("public", *ROLES)
KNOWS_CALLER = re.compile(r"current_user|signed_in_user|\bcaller\b|flask import.*\bsession\b")
GIVES_WAY = {400, 404, 405, 409, 410, 413, 415, 422}
"""A door that is open may still say that this visitor typed nonsense, or that there is nothing."""


class World:
    """One person a role, somebody else, and what each of them owns."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app, self.session = app, session
        self.people = {role: make_user(app, f"{role}@person.example", "patient", role) for role in ROLES}
        self.stranger = make_user(app, "stranger@person.example", *ROLES)

    def client(self, caller: str) -> FlaskClient:
        """A browser of its own for each request, signed in if the caller is somebody."""
        client = self.app.test_client()
        if caller in self.people:
            user = self.session.get_one(User, self.people[caller])
            key = services.begin_sign_in(self.session, user.id, "Test", second_factor=True)
            self.session.commit()
            with client.session_transaction() as cookie:
                cookie.update(_user_id=user.fs_uniquifier, sign_in=key, fs_paa=time.time(), _fresh=True)
        return client

    def address(self, rule: Rule, owner: int) -> str:
        values = {}
        for argument in sorted(rule.arguments):
            kind = kind_of(rule.endpoint, argument)
            assert kind, f"{rule.rule}: add a line for {argument!r} to KINDS in tests/access/objects.py"
            values[argument] = kind.make(self.session, owner)
        self.session.commit()
        with self.app.test_request_context():
            return str(self.app.url_for(rule.endpoint, **values))

    def ask(self, caller: str, method: str, address: str) -> TestResponse:
        return self.client(caller).open(address, method=method)


@pytest.fixture
def world(app: Flask, session: Session) -> World:
    return World(app, session)


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield rule, method


def is_sign_in(answer: TestResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/account/login?next=")


def lets_in(allowed: frozenset[str], caller: str) -> bool:
    return bool(allowed & {"public", "development", caller}) or ("patient" in allowed and caller != "public")


def turned_away(answer: TestResponse, caller: str, method: str, address: str) -> bool:
    if address.startswith("/api/"):
        return answer.status_code == (401 if caller == "public" else 403)
    if caller == "public" and method in ("GET", "HEAD"):
        return is_sign_in(answer)
    return answer.status_code == 403


@pytest.mark.parametrize("caller", CALLERS)
def test_doors_open_for_whom_they_were_made_and_for_nobody_else(app: Flask, world: World, caller: str) -> None:
    wrong = []
    for rule, method in routes(app):
        address = world.address(rule, world.people.get(caller, world.stranger))
        answer = world.ask(caller, method, address)
        if lets_in(declared(app, rule.endpoint), caller):
            fine = (answer.status_code < 400 or answer.status_code in GIVES_WAY) and not is_sign_in(answer)
        else:
            fine = turned_away(answer, caller, method, address)
        if not fine:
            wrong.append(f"{method} {address} by {caller}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("caller", ROLES)
def test_what_belongs_to_one_person_is_not_there_for_others(app: Flask, world: World, caller: str) -> None:
    wrong, asked = [], 0
    for rule, method in routes(app):
        kinds = [kind_of(rule.endpoint, argument) for argument in rule.arguments]
        if not any(kind and kind.own for kind in kinds) or not lets_in(declared(app, rule.endpoint), caller):
            continue
        asked += 1
        answer = world.ask(caller, method, world.address(rule, world.stranger))
        if answer.status_code not in (403, 404):
            wrong.append(f"{method} {rule.rule} of somebody else by {caller}: {answer.status_code}")
    assert asked
    assert not wrong, "\n".join(wrong)


NOTED = {"/practice/visits/<int:booking_id>": "INSERT INTO audit_read"}
"""What a read may write: that it was read, where that is recorded."""
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass
class Watch:
    """What is written while somebody asks for something. SQLite tells of each statement, whoever sends it."""

    world: World
    said: list[str]

    def written(self, caller: str, method: str, rule: Rule) -> tuple[TestResponse, list[str]]:
        address = self.world.address(rule, self.world.people.get(caller, self.world.stranger))
        client, before = self.world.client(caller), len(self.said)
        answer = client.open(address, method=method)
        fine = NOTED.get(rule.rule, "-")
        return answer, [each for each in self.said[before:] if each.startswith(WRITES) and not each.startswith(fine)]


@pytest.fixture
def watch(app: Flask, world: World) -> Iterator[Watch]:
    world.session.commit()
    with told(world.session.get_bind()) as said:
        yield Watch(world, said)
        world.session.rollback()


def those_who_may(app: Flask, rule: Rule) -> list[str]:
    """For whom a route was made, and of what is for all, somebody who is signed in too."""
    allowed = declared(app, rule.endpoint)
    return [each for each in CALLERS if each in allowed] + (["therapist"] if "public" in allowed else []) or ["public"]


def test_no_address_changes_anything_by_get(app: Flask, watch: Watch) -> None:
    """Case 12: a scanner that opens every link, and a browser that fetches ahead, change nothing."""
    wrong = []
    for rule, method in routes(app):
        for caller in those_who_may(app, rule) if method == "GET" else ():
            _, written = watch.written(caller, method, rule)
            wrong += [f"{method} {rule.rule} by {caller}: {written[0]}"] if written else []
    assert not wrong, "change things by POST only:\n" + "\n".join(wrong)


def test_nothing_is_changed_by_a_form_without_its_token(app: Flask, watch: Watch) -> None:
    """Every POST as somebody who may: without the token of our own page it goes nowhere."""
    asked, wrong = 0, []
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for rule, method in routes(app):
            if method in ("GET", "HEAD") or rule.rule.startswith("/api/"):
                continue
            asked += 1
            answer, written = watch.written(those_who_may(app, rule)[-1], method, rule)
            if answer.status_code != 400 or written:
                wrong.append(f"{method} {rule.rule}: {answer.status_code} {written}")
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert asked > 50
    assert not wrong, "\n".join(wrong)


def test_the_api_knows_nobody_by_a_cookie(app: Flask) -> None:
    """It asks for no form token, so it must do nothing in the name of who is signed in: only unguessable links count."""
    doors = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert doors
    assert {declared(app, each) for each in doors} == {frozenset({"public"})}
    assert not [file for file in (ROOT / "app/api").glob("*.py") if KNOWS_CALLER.search(file.read_text())]


def test_the_guard_sees_a_route_that_lets_everybody_in(app: Flask) -> None:
    assert not lets_in(frozenset({"admin"}), "patient")
    assert not lets_in(frozenset({"therapist", "doctor"}), "public")
    assert lets_in(frozenset({"patient"}), "admin"), "everybody who signs up is a patient too"
