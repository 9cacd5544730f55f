"""Authenticator codes, recovery codes, and the password that they allow."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.web.accounts.second_factor import OneTimeCodes
from tests.support.accounts import ADDRESS, PASSWORD, make_user, sign_in, signed_in, user
from tests.support.elsewhere import PATIENCE, Elsewhere, waits
from tests.support.html import problems_of

pytestmark = pytest.mark.databases

SHORT = "vq7 zebra"


def code_for(key: str) -> str:
    return str(TOTP(key=key.replace(" ", "").replace("-", ""), format="base32").generate().token)


def set_up(client: FlaskClient) -> str:
    """Switch the second factor on for the one who is signed in; returns the key that the page showed."""
    page = client.post("/account/second-factor", data={"setup": "authenticator"}).text
    assert 'src="data:image/svg+xml' in page
    shown, action = _key_and_action(page)
    answer = client.post(action, data={"code": code_for(shown)})
    assert answer.headers["Location"] == "/account/recovery-codes"
    return shown


def _key_and_action(page: str) -> tuple[str, str]:
    shown = re.search(r"<code data-key>([^<]+)</code>", page)
    action = re.search(r'action="(/account/second-factor/[^"]+)"', page)
    assert shown
    assert action
    return shown[1], action[1]


@pytest.mark.databases("sqlite")
def test_a_wrong_code_is_asked_for_again_beside_the_same_key(app: Flask, client: FlaskClient) -> None:
    """The phone has that key by now: a new one would make the app's codes wrong for good."""
    make_user(app)
    sign_in(client)
    shown, action = _key_and_action(client.post("/account/second-factor", data={"setup": "authenticator"}).text)
    for wrong in ("", "12345", "not one"):
        page = client.post(action, data={"code": wrong}).text
        assert _key_and_action(page) == (shown, action)
        assert "That code is not right" in page
        assert "error-summary" in page
        assert not problems_of(page)
    assert client.post(action, data={"code": code_for(shown)}).headers["Location"] == "/account/recovery-codes"
    assert "Make recovery codes" in client.get("/account/recovery-codes").text
    assert "That code is not right" not in client.get("/account/").text


@pytest.fixture
def key(app: Flask, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ada has a second factor; a code may be used again within its half minute, because tests are fast."""
    monkeypatch.setattr(OneTimeCodes, "get_last_counter", lambda *_: None)
    make_user(app)
    client = app.test_client()
    sign_in(client)
    return set_up(client)


def test_the_password_alone_no_longer_signs_in(client: FlaskClient, key: str) -> None:
    code_page = sign_in(client).headers["Location"]
    assert code_page.startswith("/account/code")
    assert client.get(code_page).status_code == 200
    assert not signed_in(client)
    assert client.post("/account/code", data={"code": "000000"}).status_code == 200
    assert not signed_in(client)
    assert client.post("/account/code", data={"code": code_for(key)}).status_code == 302
    assert signed_in(client)


def test_the_code_page_leads_where_one_wanted_to_go(client: FlaskClient, key: str) -> None:
    page = sign_in(client, next="/account/password").headers["Location"]
    assert "next=" in page
    assert client.post(page, data={"code": code_for(key)}).headers["Location"] == "/account/password"


def test_back_to_the_code_page_or_a_second_press_signs_nobody_out(client: FlaskClient, key: str) -> None:
    page = sign_in(client, next="/account/password").headers["Location"]
    for _ in range(2):
        assert client.post(page, data={"code": code_for(key)}).headers["Location"] == "/account/password"
    assert client.get(page).headers["Location"] == "/account/password"
    assert client.get("/account/code").headers["Location"] == "/account/"
    assert signed_in(client)


@pytest.mark.databases("sqlite")
def test_who_has_no_second_factor_is_not_signed_out_by_its_page(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    sign_in(client)
    for method in ("GET", "HEAD", "POST"):
        assert client.open("/account/code", method=method).headers["Location"] == "/account/"
    assert signed_in(client)


def test_a_recovery_code_works_once(app: Flask, client: FlaskClient, key: str, session: Session) -> None:
    sign_in(client)
    client.post("/account/code", data={"code": code_for(key)})
    codes = re.findall(r"<li><code>([^<]+)</code>", client.post("/account/recovery-codes").text)
    assert len(codes) == 8
    assert codes[0] not in str(user(session).mf_recovery_codes), "they are sealed at rest"
    for expected, typed in ((True, codes[0].upper().replace("-", " ") + " "), (False, codes[0])):
        other = app.test_client()
        sign_in(other)
        other.post("/account/recovery-code", data={"code": typed})
        assert signed_in(other) is expected


@pytest.mark.databases("postgresql")
def test_a_recovery_code_that_somebody_is_using_is_not_used_again(
    app: Flask, client: FlaskClient, key: str, session: Session, elsewhere: Elsewhere
) -> None:
    sign_in(client)
    client.post("/account/code", data={"code": code_for(key)})
    codes = re.findall(r"<li><code>([^<]+)</code>", client.post("/account/recovery-codes").text)
    second = app.test_client()
    sign_in(second)
    held = session.get_one(User, user(session).id, with_for_update=True)
    held.mf_recovery_codes = []
    session.flush()
    late = elsewhere(lambda _session: second.post("/account/recovery-code", data={"code": codes[0]}))
    assert waits(late)
    session.commit()
    late.result(PATIENCE)
    assert not signed_in(second)


def test_without_a_first_factor_no_code_is_taken(client: FlaskClient, key: str) -> None:
    for path in ("/account/code", "/account/recovery-code"):
        assert client.post(path, data={"code": code_for(key)}).status_code == 302
        assert not signed_in(client)


def test_a_short_password_keeps_its_second_factor(client: FlaskClient, key: str, session: Session) -> None:
    sign_in(client)
    client.post("/account/code", data={"code": code_for(key)})
    client.post("/account/password", data={"password": PASSWORD, "new_password": SHORT})
    assert user(session).short_password
    page = client.post("/account/second-factor", data={"setup": "disable"}).text
    assert "Your password is short" in page
    assert user(session).tf_primary_method
    client.post("/account/password", data={"password": SHORT, "new_password": PASSWORD})
    assert client.post("/account/second-factor", data={"setup": "disable"}).status_code == 302
    assert user(session).tf_primary_method is None


def test_without_a_second_factor_a_short_password_is_refused(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    sign_in(client)
    page = client.post("/account/password", data={"password": PASSWORD, "new_password": SHORT}).text
    assert "at least 15 characters" in page
    assert not user(session).short_password


def test_the_key_of_the_app_is_sealed_at_rest(key: str, session: Session) -> None:
    assert key.replace("-", "") not in str(user(session).tf_totp_secret)


def test_switching_it_off_asks_for_the_password_when_signing_in_was_long_ago(
    client: FlaskClient, key: str, app: Flask
) -> None:
    sign_in(client)
    client.post("/account/code", data={"code": code_for(key)})
    with client.session_transaction() as cookie:
        cookie["fs_paa"] = 0
        cookie.pop("fs_gexp", None)
    answer = client.post("/account/second-factor", data={"setup": "disable"})
    assert answer.headers["Location"].startswith("/account/verify")
    assert client.post("/account/verify", data={"password": "not the password"}).status_code == 200
    assert client.post("/account/verify", data={"password": PASSWORD}).status_code == 302
    assert client.get("/account/second-factor").status_code == 200
    assert ADDRESS
