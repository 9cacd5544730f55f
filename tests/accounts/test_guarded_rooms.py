"""Rooms about other people open only after a recent sign-in with a second factor, and lead there kindly."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import services
from app.accounts.admin_models import AdminEvent
from app.accounts.demo import PASSWORD as DEMO_PASSWORD
from app.accounts.guarded import FRESH_FOR, Step, step_before
from app.accounts.models import SignIn, WebAuthn
from app.cli.demo import sign_ins
from app.core import crypto
from app.doors.caller import ONWARD
from tests.accounts.test_second_factor import code_for
from tests.support.accounts import ADDRESS, PASSWORD, code_of, letters, make_user, sign_in, user
from tests.support.html import problems_of

pytestmark = pytest.mark.databases
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
ROOMS = {"admin": "/admin/", "editor": "/editing/articles/"}


@pytest.mark.parametrize(
    ("has_factor", "proved", "ago", "step"),
    [
        (False, False, timedelta(0), Step.SET_UP),
        (True, False, timedelta(0), Step.SIGN_IN),
        (True, True, timedelta(0), None),
        (True, True, FRESH_FOR - timedelta(seconds=1), None),
        (True, True, FRESH_FOR, Step.PASSWORD),
        (True, True, None, Step.PASSWORD),
        (True, False, None, Step.SIGN_IN),
    ],
)
def test_what_has_to_be_done_first(has_factor: bool, proved: bool, ago: timedelta | None, step: Step | None) -> None:
    at = None if ago is None else NOON - ago
    assert step_before(has_factor=has_factor, proved=proved, signed_in_at=at, now=NOON) is step


def without_factor(app: Flask, session: Session, role: str) -> None:
    make_user(app, ADDRESS, "patient", role)
    services.take_second_factor_away(session, user(session))
    session.commit()


@pytest.mark.parametrize("role", ROOMS)
def test_without_a_second_factor_one_is_led_through_it_and_on_to_the_room(
    app: Flask, client: FlaskClient, session: Session, role: str
) -> None:
    without_factor(app, session, role)
    sign_in(client)
    led = client.get(ROOMS[role])
    assert led.headers["Location"] == "/account/second-step"
    page = client.get("/account/second-step").text
    assert "Set up an app" in page
    assert "Add a passkey" in page
    assert not problems_of(page)
    setting_up = client.post("/account/second-factor", data={"setup": "authenticator"}).text
    key = re.search(r"<code data-key>([^<]+)</code>", setting_up)
    action = re.search(r'action="(/account/second-factor/[^"]+)"', setting_up)
    assert key
    assert action
    done = client.post(action[1], data={"code": code_for(key[1])})
    codes = client.get(done.headers["Location"]).text
    assert 'href="/account/onward"' in codes
    assert not problems_of(codes)
    assert client.get("/account/onward").headers["Location"] == ROOMS[role]
    assert client.get(ROOMS[role]).status_code == 200
    assert any(letter["subject"] == "The way you sign in was changed" for letter in letters(session))


def test_a_change_without_it_is_refused_and_changes_nothing(app: Flask, client: FlaskClient, session: Session) -> None:
    without_factor(app, session, "admin")
    other = make_user(app, "bo@person.example")
    sign_in(client)
    answer = client.post(f"/admin/users/{other}/close", data={"reason": "x"})
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert user(session, "bo@person.example").active


def test_a_session_from_before_the_second_factor_signs_in_again(app: Flask, session: Session) -> None:
    """Whoever knew the password before must not stay in, and cannot swap the factor for one of their own."""
    without_factor(app, session, "admin")
    thief = app.test_client()
    sign_in(thief)
    one = user(session)
    one.webauthn.append(passkey())
    session.commit()
    assert thief.get("/admin/").headers["Location"] == "/account/second-step"
    assert "signed in with your password only" in thief.get("/account/second-step").text
    for path in ("/account/second-factor", "/account/passkeys", "/account/recovery-codes", "/account/passkey-delete"):
        answer = thief.post(path, data={"setup": "authenticator", "name": "mine", "usage": "first"})
        assert answer.headers["Location"] == "/account/second-step", path
    assert user(session).tf_primary_method is None
    thief.get("/admin/")
    again = thief.post("/account/second-step")
    assert again.headers["Location"] == "/account/login?next=/admin/"
    assert thief.get("/account/").status_code == 302


def passkey() -> WebAuthn:
    return WebAuthn(
        credential_id=b"c", public_key=b"p", backup_state=False, device_type="single_device", name="Phone",
        usage="first", lastuse_datetime=NOON,
    )  # fmt: skip


def test_a_sign_in_of_yesterday_asks_for_the_password(app: Flask, client: FlaskClient) -> None:
    make_user(app, ADDRESS, "patient", "admin")
    sign_in(client)
    assert client.get("/admin/licences").status_code == 200
    with client.session_transaction() as cookie:
        cookie["fs_paa"] -= FRESH_FOR.total_seconds()
    asked = client.get("/admin/licences?x=1")
    assert asked.headers["Location"] == "/account/verify?next=/admin/licences?x%3D1"
    answer = client.post("/account/verify", data={"password": PASSWORD, "next": "/admin/licences?x=1"})
    assert answer.headers["Location"] == "/admin/licences?x=1"
    assert client.get("/admin/licences").status_code == 200


def test_without_the_last_factor_no_sign_in_counts(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app, ADDRESS, "patient", "admin")
    sign_in(client)
    client.post("/account/second-factor", data={"setup": "disable"})
    assert session.scalars(select(SignIn.second_factor)).all() == [False]
    assert client.get("/admin/").headers["Location"] == "/account/second-step"


def test_a_changed_password_leaves_the_room_open_and_a_plain_patient_is_not_asked(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    make_user(app, ADDRESS, "patient", "admin")
    sign_in(client)
    client.post("/account/password", data={"password": PASSWORD, "new_password": "granite willow harbour 9"})
    assert client.get("/admin/").status_code == 200
    make_user(app, "bo@person.example")
    plain = app.test_client()
    sign_in(plain, "bo@person.example")
    assert plain.get("/visits").status_code == 200
    assert plain.get("/admin/").status_code == 403


def test_a_code_is_taken_once(app: Flask, client: FlaskClient) -> None:
    make_user(app, ADDRESS, "patient", "admin")
    code = code_of(app, ADDRESS)
    for expected in (302, 200):
        browser = app.test_client()
        browser.post("/account/login", data={"email": ADDRESS, "password": PASSWORD})
        assert browser.post("/account/code", data={"code": code}).status_code == expected


def test_new_data_keys_lock_nobody_out(app: Flask, client: FlaskClient, session: Session) -> None:
    """After rotation the newest key alone opens authenticator keys and recovery codes."""
    from app.accounts.authenticator import factory, new_key
    from app.accounts.resealing import seal_factors_anew

    old, new = crypto.new_key(), crypto.new_key()
    make_user(app, ADDRESS, "patient", "admin")
    one = user(session)
    one.tf_totp_secret = new_key(factory([old]))
    shown = factory([old]).from_source(one.tf_totp_secret).base32_key
    try:
        crypto.use_keys([old])
        one.mf_recovery_codes = [crypto.encrypt("a-code").decode()]
        crypto.use_keys([new, old])
        assert seal_factors_anew(session, [new, old]) == 2
        crypto.use_keys([new])
        assert crypto.decrypt(one.mf_recovery_codes[0].encode()) == "a-code"
        assert factory([new]).from_source(one.tf_totp_secret).base32_key == shown
        crypto.use_keys([old])
        with pytest.raises(ValueError, match="none of the installed"):
            seal_factors_anew(session, [old])
    finally:
        crypto.use_keys(app.config["SETTINGS"].data_keys)
        session.rollback()


def test_who_lost_everything_is_helped_from_the_command_line(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app, ADDRESS, "patient", "admin")
    sign_in(client)
    said = app.test_cli_runner().invoke(args=["admin", "forget-second-factor", ADDRESS])
    assert said.exit_code == 0, said.output
    assert client.get("/account/").status_code == 302, "signed out"
    assert not user(session).has_second_factor
    assert session.scalars(select(AdminEvent.action)).all() == ["second-factor-taken"]
    assert app.test_cli_runner().invoke(args=["admin", "forget-second-factor", "no@person.example"]).exit_code == 1


@pytest.fixture
def development(app: Flask) -> Iterator[Flask]:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, environment="development")
    yield app
    app.config["SETTINGS"] = settings


def test_a_newcomer_enters_the_demos_guarded_rooms_with_what_the_pages_show(
    development: Flask, client: FlaskClient
) -> None:
    with development.app_context():
        assert "code" in sign_ins()[-1]
    client.post("/account/login", data={"email": "admin@demo.example", "password": DEMO_PASSWORD})
    shown = re.search(r"Its code is (\d{6})", client.get("/account/code").text)
    assert shown
    client.post("/account/code", data={"code": shown[1]})
    assert client.get("/admin/").status_code == 200
    again = development.test_client()
    again.post("/account/login", data={"email": "admin@demo.example", "password": DEMO_PASSWORD})
    second = re.search(r"Its code is (\d{6})", again.get("/account/code").text)
    assert second
    assert again.post("/account/code", data={"code": second[1]}).status_code == 302


def test_elsewhere_no_page_shows_a_code(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app, "admin@demo.example", "patient", "admin")
    client.post("/account/login", data={"email": "admin@demo.example", "password": PASSWORD})
    page = client.get("/account/code").text
    assert "Code from your app" in page
    assert "Its code is" not in page
    with client.session_transaction() as cookie:
        assert ONWARD not in cookie
