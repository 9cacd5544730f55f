"""A language is offered only when it is translated; the choice is kept."""

import pytest
from flask.testing import FlaskClient

from app.core import catalogues


def test_a_choice_is_kept_and_a_made_up_one_is_not(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en", "es"))
    assert '<html lang="es"' in client.get("/?lang=es").text
    assert '<html lang="es"' in client.get("/").text
    assert '<html lang="en"' in client.get("/?lang=en").text
    client.get("/?lang=xx%0d%0aSet-Cookie:a")
    assert '<html lang="en"' in client.get("/").text


def test_the_browser_decides_otherwise(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en", "es"))
    assert '<html lang="es"' in client.get("/", headers={"Accept-Language": "es-MX,es;q=0.9"}).text
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "de"}).text


def test_each_language_is_offered_by_its_own_name(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 'hreflang="es"' not in client.get("/").text or "es" in catalogues.LANGUAGES
    monkeypatch.setattr(catalogues, "LANGUAGES", ("en", "es"))
    assert 'hreflang="es">Español' in client.get("/").text
