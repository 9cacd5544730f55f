"""A language is offered only when it is translated; the choice is kept."""

import pytest
from babel.support import NullTranslations
from flask import Flask
from flask.testing import FlaskClient

from app.core import catalogues
from app.doors import locale


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second language, whatever is translated by now."""
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en", "es"))
    monkeypatch.setattr(catalogues, "texts", lambda _language: NullTranslations())


def test_a_choice_is_kept_and_a_made_up_one_is_not(client: FlaskClient) -> None:
    assert '<html lang="es"' in client.get("/?lang=es").text
    assert '<html lang="es"' in client.get("/").text
    assert '<html lang="en"' in client.get("/?lang=en").text
    client.get("/?lang=xx%0d%0aSet-Cookie:a")
    assert '<html lang="en"' in client.get("/").text


def test_the_browser_decides_otherwise(client: FlaskClient) -> None:
    assert '<html lang="es"' in client.get("/", headers={"Accept-Language": "es-MX,es;q=0.9"}).text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "de"}).text


def test_each_language_is_offered_by_its_own_name(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'hreflang="es">Español' in client.get("/").text
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en",))
    assert "hreflang" not in client.get("/").text


def test_the_switch_keeps_the_page_and_what_was_asked_for(client: FlaskClient) -> None:
    text = client.get("/therapists?where=Austin%2C+TX&what=neck+pain&what=x&lang=en").text
    assert 'href="?where=Austin%2C+TX&amp;what=neck+pain&amp;what=x&amp;lang=es"' in text


def test_a_page_that_only_answers_a_button_leads_home(app: Flask) -> None:
    with app.test_request_context("/account/logout?next=/x", method="POST"):
        assert locale.in_language("es") == "/?lang=es"


def test_caches_are_told(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "es"})
    assert answer.headers["Content-Language"] == "es"
    assert {"Accept-Language", "Cookie"} <= set(answer.vary)
