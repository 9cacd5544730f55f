"""An account speaks one language: that of its sign-up until its owner chooses another."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.services import speak
from tests.support.accounts import ADDRESS, PASSWORD, letters, make_user, sign_in, user

SPANISH = {"Accept-Language": "es"}


def test_signing_up_in_spanish_is_remembered(client: FlaskClient, session: Session) -> None:
    client.post("/account/register", data={"email": ADDRESS, "password": PASSWORD}, headers=SPANISH)
    assert user(session).language == "es"
    (welcome,) = letters(session)
    assert welcome["subject"] == "Confirme su dirección, por favor"
    assert "Abra esta página en los próximos dos días" in welcome["text"]


def test_whoever_presses_the_button_the_letter_is_in_its_readers_language(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    speak(session, make_user(app), "es")
    session.commit()
    page = client.post("/account/reset", data={"email": ADDRESS}, follow_redirects=True)
    assert '<html lang="en"' in page.text
    assert letters(session)[0]["subject"] == "Elija una contraseña nueva"


def test_an_unknown_address_is_told_in_the_language_of_the_page(client: FlaskClient, session: Session) -> None:
    client.post("/account/reset", data={"email": ADDRESS}, headers=SPANISH)
    assert letters(session)[0]["subject"] == "No hay ninguna cuenta con esta dirección"


def test_the_owner_chooses_for_mails_and_pages(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    sign_in(client)
    page = client.post("/account/language", data={"language": "es"}, follow_redirects=True)
    assert '<html lang="es"' in page.text
    assert "Guardado." in page.text
    assert user(session).language == "es"


def test_a_language_that_is_not_there_is_not_chosen(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    sign_in(client)
    client.post("/account/language", data={"language": "xx"})
    assert user(session).language == "en"
