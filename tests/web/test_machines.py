"""What machines ask for: numbers only for who may have them, a sitemap that costs little."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.directory.services import refresh_listings
from app.doors.links import help_email
from tests import factories

TOKEN = "a-token-of-some-length"
HOME, ABROAD = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def settle(app: Flask) -> Iterator[Flask]:
    """The application, whose settings may be changed."""
    before = dict(app.config)
    yield app
    app.config.clear()
    app.config.update(before)
    app.extensions.pop("sitemap", None)


def status(app: Flask, environ: dict[str, str], **headers: str) -> int:
    return app.test_client().get("/metrics", environ_overrides=environ, headers=headers).status_code


@pytest.mark.parametrize(
    ("environment", "token", "near", "abroad"),
    [
        ("production", None, 404, 404),
        ("production", TOKEN, 404, 404),
        ("development", None, 200, 404),
        ("development", TOKEN, 200, 404),
    ],
)
def test_without_a_token_only_a_developers_own_machine_reads_metrics(
    settle: Flask, environment: str, token: str | None, near: int, abroad: int
) -> None:
    settle.config["SETTINGS"] = replace(settle.config["SETTINGS"], environment=environment, metrics_token=token)
    assert (status(settle, HOME), status(settle, ABROAD)) == (near, abroad)


def test_the_token_reads_metrics_from_anywhere(settle: Flask) -> None:
    settle.config["SETTINGS"] = replace(settle.config["SETTINGS"], environment="production", metrics_token=TOKEN)
    assert status(settle, ABROAD, Authorization=f"Bearer {TOKEN}") == 200


@pytest.mark.parametrize("given", ["Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN, "Bearer é", ""])
@pytest.mark.parametrize("token", [None, TOKEN])
def test_what_is_not_the_token_reads_nothing(settle: Flask, given: str, token: str | None) -> None:
    settle.config["SETTINGS"] = replace(settle.config["SETTINGS"], environment="production", metrics_token=token)
    assert status(settle, HOME, Authorization=given) == 404


def test_a_sitemap_is_written_once_an_hour(settle: Flask, session: Session) -> None:
    settle.config["SITEMAP_SECONDS"] = 3600
    client = settle.test_client()
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False) as clock:
        first = client.get("/sitemap.xml")
        late = factories.therapist(session)
        refresh_listings(session, [late.id])
        session.commit()
        clock.shift(3599)
        assert client.get("/sitemap.xml").data == first.data
        clock.shift(1)
        fresh = client.get("/sitemap.xml")
        again = client.get("/sitemap.xml", headers={"If-None-Match": fresh.headers["ETag"]})
    assert f"/therapists/{late.slug}<" in fresh.text
    assert first.headers["Cache-Control"] == "public, max-age=3600"
    assert (again.status_code, again.data) == (304, b"")


def test_a_sitemap_is_not_asked_for_without_end(settle: Flask, client: FlaskClient) -> None:
    settle.config.update(RATE_LIMITS=True, LIMIT_SITEMAP="2 per minute")
    said = [client.get("/sitemap.xml", environ_overrides={"REMOTE_ADDR": "203.0.113.77"}) for _ in range(3)]
    assert [each.status_code for each in said] == [200, 200, 429]


def test_pages_and_mails_name_the_address_that_the_operator_gave(settle: Flask) -> None:
    page = settle.test_client().get("/account/login").text
    with settle.app_context():
        assert ("mailto:" in page, help_email()) == (False, "security@127.0.0.1")
    settle.config["SETTINGS"] = replace(settle.config["SETTINGS"], contact_email="help@unknot.example")
    page = settle.test_client().get("/account/login").text
    with settle.app_context():
        assert ('href="mailto:help@unknot.example"' in page, help_email()) == (True, "help@unknot.example")
