"""People with accounts, signed in or not, and the letters that were written to them."""

import json
import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import services
from app.accounts.authenticator import factory, new_key
from app.accounts.guarded import GUARDED
from app.accounts.models import User
from app.doors.database import db
from app.notifications.models import OutboxMessage

PASSWORD = "copper lantern meadow 42"
ADDRESS = "ada@person.example"


def make_user(app: Flask, email: str = ADDRESS, *roles: str, name: str = "Ada Sample", confirmed: bool = True) -> int:
    """A user with PASSWORD; returns the id."""
    with app.app_context():
        user = services.make_confirmed_user(db.session, email, hash_password(PASSWORD), roles or ("patient",), name)
        if not confirmed:
            user.confirmed_at = None
        if user.role_names & GUARDED:
            give_second_factor(app, user)
        db.session.commit()
        return user.id


def give_second_factor(app: Flask, user: User) -> None:
    """An authenticator app, whose codes `code_of` knows."""
    user.tf_primary_method = "authenticator"
    user.tf_totp_secret = new_key(factory(app.config["SETTINGS"].data_keys))


def code_of(app: Flask, email: str) -> str:
    """The code that a user's app shows now, to be used once more if it was already."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == email)).one()
        user.tf_last_counter = None
        db.session.commit()
        return str(factory(app.config["SETTINGS"].data_keys).from_source(user.tf_totp_secret).generate().token)


def sign_in(client: FlaskClient, email: str = ADDRESS, password: str = PASSWORD, **more: str) -> TestResponse:
    """Through the door; whoever has a guarded role types the code too."""
    answer = client.post("/account/login", data={"email": email, "password": password, **more})
    if answer.status_code != 302 or not answer.headers["Location"].startswith("/account/code"):
        return answer
    with client.application.app_context():
        guarded = db.session.scalars(select(User).where(User.email == email)).one().role_names & GUARDED
        db.session.rollback()
    return client.post("/account/code", data={"code": code_of(client.application, email)}) if guarded else answer


def signed_in(client: FlaskClient) -> bool:
    return client.get("/account/").status_code == 200


def letters(session: Session) -> list[dict[str, Any]]:
    """What waits in the outbox, oldest first."""
    session.rollback()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [json.loads(row.facts or "{}") for row in rows]


def link_in(letter: dict[str, Any], word: str) -> str:
    """The path of the link in a letter whose address contains `word`."""
    found = re.search(rf"https?://[^/\s]+(/\S*{word}\S*)", letter["text"])
    assert found, letter["text"]
    return found[1]


def user(session: Session, email: str = ADDRESS) -> User:
    session.rollback()
    return session.scalars(select(User).where(User.email == email)).one()
