"""Sessions: each device has a row, and without its row it is signed out."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import services
from app.accounts.models import SignIn
from app.factory import create_app
from app.web.accounts.sign_ins import describe
from config import from_environment
from tests.support.accounts import ADDRESS, PASSWORD, make_user, sign_in, signed_in

pytestmark = pytest.mark.databases

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        ("<script>alert(1)</script>", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_said_in_words(header: str, words: str) -> None:
    assert describe(header) == words


def test_a_device_whose_row_is_gone_is_signed_out_at_once(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    sign_in(client)
    assert signed_in(client)
    session.execute(delete(SignIn))
    session.commit()
    assert not signed_in(client)


def test_one_device_signs_another_out(app: Flask, session: Session) -> None:
    make_user(app)
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    newest = session.scalar(select(func.max(SignIn.id)))
    assert here.post(f"/account/devices/{newest}/end").status_code == 302
    assert signed_in(here)
    assert not signed_in(there)


def test_signing_out_everywhere_else_keeps_this_device(app: Flask) -> None:
    make_user(app)
    devices = [app.test_client() for _ in range(3)]
    for device in devices:
        sign_in(device)
    devices[0].post("/account/devices/end-all")
    assert [signed_in(device) for device in devices] == [True, False, False]


def test_another_persons_device_is_not_found(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    make_user(app, "ben@person.example")
    other = app.test_client()
    sign_in(other)
    theirs = session.scalar(select(SignIn.id))
    sign_in(client, "ben@person.example")
    assert client.post(f"/account/devices/{theirs}/end").status_code == 404
    assert signed_in(other)


def test_a_session_that_was_planted_before_is_worth_nothing_after(app: Flask, client: FlaskClient) -> None:
    """Session fixation."""
    make_user(app)
    client.get("/account/login")
    planted = client.get_cookie("unknot")
    sign_in(client)
    thief = app.test_client()
    if planted is not None:
        thief.set_cookie("unknot", planted.value)
    assert not signed_in(thief)


def test_a_cookie_from_before_signing_out_is_dead(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    sign_in(client)
    stolen = client.get_cookie("unknot")
    assert stolen is not None
    client.post("/account/logout")
    thief = app.test_client()
    thief.set_cookie("unknot", stolen.value)
    assert not signed_in(thief)


def test_signing_out_needs_a_post(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    sign_in(client)
    assert client.get("/account/logout").status_code == 405
    assert signed_in(client)


def test_staying_signed_in_is_a_choice_and_one_cookie(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    short = sign_in(client).headers.getlist("Set-Cookie")
    client.post("/account/logout")
    long = sign_in(client, remember="y").headers.getlist("Set-Cookie")
    assert not any("Expires" in cookie for cookie in short if cookie.startswith("unknot="))
    assert any("Expires" in cookie and cookie.startswith("unknot=") for cookie in long)
    assert not any("remember_token" in cookie and "Max-Age=0" not in cookie for cookie in long)
    assert signed_in(client)


def test_who_wants_to_stay_signed_in_does_for_30_days_however_often_they_come(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    with time_machine.travel("2026-11-21 12:00Z", tick=False) as clock:
        sign_in(client, remember="y")
        for _ in range(4):
            clock.shift(timedelta(days=7))
            assert signed_in(client)
        clock.shift(timedelta(days=2))
        assert not signed_in(client)


@pytest.mark.parametrize(("step", "steps"), [(timedelta(hours=3, minutes=50), 6), (timedelta(minutes=55), 26)])
def test_everybody_else_for_a_day(app: Flask, client: FlaskClient, step: timedelta, steps: int) -> None:
    make_user(app)
    with time_machine.travel("2026-11-21 12:00Z", tick=False) as clock:
        sign_in(client)
        for _ in range(steps):
            clock.shift(step)
            assert signed_in(client)
        clock.shift(step)
        assert not signed_in(client)


def test_and_not_when_nobody_is_there_for_four_hours(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    with time_machine.travel("2026-11-21 12:00Z", tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(hours=4, seconds=1))
        assert not signed_in(client)


def test_a_list_of_devices_holds_none_that_are_over(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    with time_machine.travel("2026-11-21 12:00Z", tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(days=29))
        assert services.forget_old_sign_ins(session) == 0
        clock.shift(timedelta(days=2))
        assert services.forget_old_sign_ins(session) == 1


def test_changing_the_password_keeps_this_device_and_ends_the_others(app: Flask, session: Session) -> None:
    make_user(app)
    here, there = app.test_client(), app.test_client()
    sign_in(here)
    sign_in(there)
    answer = here.post("/account/password", data={"password": PASSWORD, "new_password": "plum orchard window 77"})
    assert answer.status_code == 302
    assert signed_in(here)
    assert not signed_in(there)
    assert session.scalar(select(func.count()).select_from(SignIn)) == 1


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(tmp_path: object) -> None:
    variables = {
        "APP_ENV": "production",
        "DATABASE_URL": "sqlite://",
        "INSTANCE_PATH": str(tmp_path),
        "SECRET_KEY": "k" * 40,
        "DATA_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "BASE_URL": "https://unknot.example",
    }
    app = create_app(from_environment(variables), {"TESTING": True})
    answer = app.test_client().get("/account/login", base_url="https://unknot.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-unknot=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
    language = app.test_client().get("/healthz?lang=es", base_url="https://unknot.example").headers["Set-Cookie"]
    assert language.startswith("__Host-language=es;")
    assert language.endswith("Secure; HttpOnly; Path=/; SameSite=Lax")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


def test_account_pages_stay_in_no_cache(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    sign_in(client)
    assert client.get("/account/").headers["Cache-Control"] == "no-store"
    assert ADDRESS in client.get("/account/").text


def test_who_runs_the_house_signs_one_account_out_or_everybody(app: Flask) -> None:
    make_user(app)
    make_user(app, "ben@person.example")
    ada, ben = app.test_client(), app.test_client()
    sign_in(ada)
    sign_in(ben, "ben@person.example")
    run = app.test_cli_runner().invoke
    assert run(args=["admin", "sign-out", ADDRESS]).exit_code == 0
    assert [signed_in(ada), signed_in(ben)] == [False, True]
    sign_in(ada)
    assert run(args=["admin", "sign-out", "--everybody"]).exit_code == 0
    assert [signed_in(ada), signed_in(ben)] == [False, False]
    for wrong in ([], ["nobody@person.example"], [ADDRESS, "--everybody"]):
        assert run(args=["admin", "sign-out", *wrong]).exit_code != 0
