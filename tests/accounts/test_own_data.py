"""My data: all of it in one file, and gone when I say so. My address: changed only by me."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import SignIn, User
from tests.support.accounts import ADDRESS, PASSWORD, letters, link_in, make_user, sign_in, signed_in, user

pytestmark = pytest.mark.databases

NEW = "ada.new@person.example"


@pytest.fixture
def ada(app: Flask, client: FlaskClient) -> FlaskClient:
    make_user(app)
    sign_in(client)
    return client


def test_the_export_holds_everything_but_secrets(ada: FlaskClient, session: Session) -> None:
    answer = ada.post("/account/export")
    told = json.loads(answer.text)["account"]
    assert (told["email"], told["name"], told["roles"]) == (ADDRESS, "Ada Sample", ["patient"])
    assert len(told["devices"]) == 1
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for secret in (user(session).password, user(session).fs_uniquifier):
        assert str(secret) not in answer.text


def test_erasing_takes_a_deliberate_tick(ada: FlaskClient, session: Session) -> None:
    assert ada.post("/account/erase").status_code == 200
    assert user(session).email == ADDRESS
    assert ada.post("/account/erase", data={"sure": "y"}).status_code == 302
    session.rollback()
    for table in (User, SignIn):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert not signed_in(ada)


@pytest.mark.parametrize("path", ["/account/export", "/account/erase"])
def test_both_ask_for_the_password_when_signing_in_was_long_ago(ada: FlaskClient, session: Session, path: str) -> None:
    with ada.session_transaction() as cookie:
        cookie["fs_paa"] = 0
    assert ada.post(path, data={"sure": "y"}).headers["Location"].startswith("/account/verify")
    assert user(session).email == ADDRESS


def ask_for(client: FlaskClient, session: Session, email: str = NEW) -> str:
    client.post("/account/change-email", data={"email": email})
    return link_in(letters(session)[-1], "change-email")


def test_a_new_address_counts_once_it_is_confirmed(ada: FlaskClient, session: Session) -> None:
    link = ask_for(ada, session)
    assert ada.get(link).status_code == 200
    assert user(session).email == ADDRESS
    assert ada.post(link).status_code == 302
    assert user(session, NEW).name == "Ada Sample"
    assert [letter["to"] for letter in letters(session)] == [NEW, ADDRESS]
    assert letters(session)[1]["subject"] == "Your address was changed"


def test_a_stranger_at_a_mistyped_address_gets_nothing(app: Flask, ada: FlaskClient, session: Session) -> None:
    link = ask_for(ada, session)
    make_user(app, "ben@person.example")
    ben, nobody = app.test_client(), app.test_client()
    sign_in(ben, "ben@person.example")
    for stranger in (ben, nobody):
        stranger.post(link)
        assert user(session).email == ADDRESS


def test_an_address_that_is_taken_is_not_told(app: Flask, ada: FlaskClient, session: Session) -> None:
    make_user(app, "ben@person.example")
    pages = [
        ada.post("/account/change-email", data={"email": email}).text.replace(email, "")
        for email in ("ben@person.example", NEW)
    ]
    assert pages[0] == pages[1]


def test_a_name_is_changed_and_tidied(ada: FlaskClient, session: Session) -> None:
    ada.post("/account/name", data={"name": "  Ada \n  Lovely "})
    assert user(session).name == "Ada Lovely"
    ada.post("/account/name", data={"name": '"><script>alert(1)</script>'})
    assert "<script>alert" not in ada.get("/account/").text


def test_a_form_without_its_token_changes_nothing(app: Flask, ada: FlaskClient, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        for path, data in (
            ("/account/name", {"name": "X"}),
            ("/account/erase", {"sure": "y"}),
            ("/account/logout", {}),
        ):
            assert ada.post(path, data=data).status_code == 400
        assert (
            app.test_client().post("/account/login", data={"email": ADDRESS, "password": PASSWORD}).status_code == 400
        )
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert user(session).name == "Ada Sample"
    assert signed_in(ada)
