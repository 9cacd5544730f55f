"""Where one goes after signing in: only here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.doors.links import is_local_path
from tests.support.accounts import ADDRESS, PASSWORD, make_user, sign_in

FOREIGN = [
    "//evil.example", "\\\\evil.example", "/\\evil.example", "///evil.example", "https://evil.example", "javascript:alert(1)",
    "//evil.example/account/", "/\t/evil.example", "/\n/evil.example", " //evil.example", "http:evil.example", "evil.example",
    "https://localhost@evil.example/", "http://localhost//evil.example", "http://localhost.evil.example/", "data:text/html,x", "/ok\\@evil.example", "%2f%2fevil.example",
]  # fmt: skip


@pytest.mark.parametrize("target", FOREIGN)
def test_foreign_places_are_refused(app: Flask, client: FlaskClient, target: str) -> None:
    make_user(app)
    assert not is_local_path(target)
    for answer in (
        client.get("/account/login", query_string={"next": target}),
        client.post("/account/login", data={"email": ADDRESS, "password": PASSWORD, "next": target}),
        client.post("/account/login", data={"email": ADDRESS, "password": PASSWORD}, query_string={"next": target}),
    ):
        assert answer.status_code == 400
        assert "Location" not in answer.headers


@pytest.mark.parametrize("target", ["/account/erase", "/therapists?where=78701&what=lower%20back", "/visits/abc#top"])
def test_places_here_are_kept(app: Flask, client: FlaskClient, target: str) -> None:
    make_user(app)
    assert is_local_path(target)
    assert target.replace("&", "&amp;") in client.get("/account/login", query_string={"next": target}).text
    assert sign_in(client, next=target).headers["Location"] == target


def test_a_page_that_needs_signing_in_is_where_one_lands(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    asked = client.get("/account/password")
    assert asked.headers["Location"] == "/account/login?next=/account/password"
    assert sign_in(client, next="/account/password").headers["Location"] == "/account/password"


@pytest.mark.parametrize(
    ("roles", "landing"),
    [
        (("patient",), "/account/"),
        (("patient", "therapist"), "/practice/"),
        (("doctor",), "/referring/"),
        (("therapist", "doctor"), "/account/"),
    ],
)
def test_who_asked_for_no_page_lands_where_they_work(
    app: Flask, client: FlaskClient, roles: tuple[str, ...], landing: str
) -> None:
    make_user(app, ADDRESS, *roles)
    assert client.get(sign_in(client).headers["Location"]).headers["Location"] == landing
