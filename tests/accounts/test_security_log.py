"""Who looks for an attack finds it in the log, and finds nothing there that the log should not hold."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from structlog.contextvars import get_contextvars

from app.doors import request_log, security_log
from tests.support.accounts import ADDRESS, PASSWORD, make_user, sign_in

Lines = list[dict[str, Any]]


class Kept:
    def __init__(self) -> None:
        self.lines: Lines = []

    def info(self, event: str, **facts: Any) -> None:
        self.lines.append({"event": event, **get_contextvars(), **facts})

    warning = info


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    kept = Kept()
    monkeypatch.setattr(security_log, "log", kept)
    return kept.lines


def test_a_sign_in_and_its_end_leave_a_line(app: Flask, client: FlaskClient, lines: Lines) -> None:
    number = make_user(app)
    sign_in(client)
    client.post("/account/logout")
    assert [(line["event"], line["user"], line["way"]) for line in lines] == [
        ("signed in", number, "security.login"),
        ("signed out", number, "security.logout"),
    ]
    assert all(line["network"] == "127.0.0.0/24" for line in lines)


def test_every_line_of_a_request_says_whose_it_is(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, kept = make_user(app), Kept()
    monkeypatch.setattr(request_log, "log", kept)
    client.get("/account/login")
    sign_in(client)
    client.get("/account/")
    asked = [(line["route"], line.get("user")) for line in kept.lines]
    assert asked == [("/account/login", None), ("/account/login", None), ("/account/", number)]


def test_a_wrong_password_says_of_whom_where_there_is_an_account(app: Flask, client: FlaskClient, lines: Lines) -> None:
    number = make_user(app)
    sign_in(client, ADDRESS, "wrong")
    sign_in(client, "nobody@person.example", "wrong")
    assert [(line["event"], line["user"]) for line in lines] == [("try failed", number), ("try failed", None)]
    assert not any(word in str(lines) for word in ("wrong", ADDRESS, "nobody"))


def test_a_new_password_leaves_a_line_without_it(app: Flask, client: FlaskClient, lines: Lines) -> None:
    make_user(app)
    sign_in(client)
    client.post("/account/password", data={"password": PASSWORD, "new_password": "plum orchard window 77"})
    assert "password changed" in [line["event"] for line in lines]
    assert PASSWORD not in str(lines)
    assert "plum" not in str(lines)


def test_what_is_not_for_somebody_leaves_a_line_with_the_route_alone(
    app: Flask, client: FlaskClient, lines: Lines
) -> None:
    make_user(app)
    sign_in(client)
    lines.clear()
    client.get("/admin/users?q=Pat")
    client.post("/practice/visits/7/keep")
    assert [(line["event"], line["status"], line["route"]) for line in lines] == [
        ("not allowed", 403, "/admin/users"),
        ("not allowed", 403, "/practice/visits/<int:booking_id>/keep"),
    ]


@pytest.mark.usefixtures("limits")
def test_who_comes_too_often_leaves_a_line(client: FlaskClient, lines: Lines) -> None:
    for _ in range(11):
        sign_in(client, "nobody@person.example", "wrong")
    assert (lines[-1]["event"], lines[-1]["route"]) == ("too often", "/account/login")


def test_a_form_without_its_token_leaves_a_line(app: Flask, client: FlaskClient, lines: Lines) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        sign_in(client)
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert [(line["event"], line["status"]) for line in lines] == [("form without its token", 400)]
