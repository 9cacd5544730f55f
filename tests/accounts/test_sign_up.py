"""Sign-up, confirmation and the forgotten password, from the form to the outbox."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.context import CryptContext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.notifications.models import OutboxMessage
from app.web.accounts import addresses, joining
from tests.support.accounts import ADDRESS, PASSWORD, letters, link_in, make_user, sign_in, signed_in, user
from tests.support.html import problems_of

pytestmark = pytest.mark.databases

OTHER = "plum orchard window 77"
UNKNOWN = "nobody@person.example"


def sign_up(client: FlaskClient, email: str = ADDRESS, password: str = PASSWORD, **more: str) -> str:
    return client.post("/account/register", data={"email": email, "password": password, **more}).headers["Location"]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every hash that sign-up computes."""
    counted: list[str] = []

    def hashed(password: str) -> str:
        counted.append(password)
        return "$argon2id$not-a-real-one"

    monkeypatch.setattr(addresses, "hash_password", hashed)
    return counted


@pytest.fixture
def welcomed() -> Iterator[list[str]]:
    """Whom features were told of when an address was confirmed."""
    told: list[str] = []

    def welcome(_session: Session, person: User) -> None:
        told.append(person.email)

    joining.ON_CONFIRMED.append(welcome)
    yield told
    joining.ON_CONFIRMED.remove(welcome)


def test_a_person_signs_up_confirms_and_is_in(client: FlaskClient, session: Session, welcomed: list[str]) -> None:
    assert sign_up(client, name="  Ada   Sample ") == "/account/check-your-mail"
    assert user(session).name == "Ada Sample"
    assert not signed_in(client)
    assert welcomed == []
    page = link_in(letters(session)[0], "confirm")
    assert client.post(page, data={"password": PASSWORD}).headers["Location"] == "/account/"
    assert signed_in(client)
    assert welcomed == [ADDRESS]
    assert user(session).role_names == {"patient"}


def test_who_had_no_account_is_led_back_to_the_page_they_came_for(client: FlaskClient, session: Session) -> None:
    wanted = "/practice/claim/testa-sample"
    login = client.get("/account/login", query_string={"next": wanted}).text
    make_one = re.search(r'href="(/account/register[^"]*)"', login)
    assert make_one
    assert f"/account/login?next={wanted}" in client.get(make_one[1]).text
    assert client.post("/account/register", data={"email": ADDRESS, "password": "short"}).status_code == 200
    sign_up(client)
    confirm = link_in(letters(session)[0], "confirm")
    assert client.post(confirm, data={"password": PASSWORD}).headers["Location"] == wanted
    assert client.get(make_one[1]).headers["Location"] == wanted


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/"])
def test_joining_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    assert client.get("/account/register", query_string={"next": target}).status_code == 400


def test_unconfirmed_nobody_comes_in(client: FlaskClient, session: Session) -> None:
    sign_up(client)
    assert sign_in(client).status_code == 200
    assert not signed_in(client)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_mailed_links_changes_nothing(client: FlaskClient, session: Session, method: str) -> None:
    """A mail scanner opens every link."""
    sign_up(client)
    confirm = link_in(letters(session)[0], "confirm")
    assert getattr(client, method)(confirm).status_code == 200
    assert user(session).confirmed_at is None
    client.post("/account/reset", data={"email": ADDRESS})
    before = user(session).password
    assert getattr(client, method)(link_in(letters(session)[1], "reset")).status_code == 200
    assert user(session).password == before


def test_a_stranger_who_signed_up_first_gets_nothing_from_the_owners_click(
    app: Flask, session: Session, welcomed: list[str]
) -> None:
    """Account pre-hijacking: the owner's click alone would open the stranger's account with the owner's visits."""
    stranger, owner = app.test_client(), app.test_client()
    sign_up(stranger, password=OTHER)
    confirm = link_in(letters(session)[0], "confirm")
    assert owner.post(confirm, data={"password": PASSWORD}).status_code == 200
    assert user(session).confirmed_at is None
    sign_up(owner, password=PASSWORD)
    newer = link_in(letters(session)[1], "confirm")
    assert stranger.post(confirm, data={"password": OTHER}).status_code == 302
    assert user(session).confirmed_at is None
    assert owner.post(newer, data={"password": PASSWORD}).status_code == 302
    assert sign_in(stranger, password=OTHER).status_code == 200
    assert welcomed == [ADDRESS]


def test_a_second_sign_up_does_not_touch_a_confirmed_account(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    before = user(session).password
    sign_up(client, password=OTHER, name="Somebody Else")
    assert (user(session).password, user(session).name) == (before, "Ada Sample")
    assert letters(session)[0]["subject"] == "You already have an account"


@pytest.mark.parametrize("path", ["/account/register", "/account/confirm", "/account/reset"])
@pytest.mark.parametrize("known", ["confirmed", "unconfirmed", "unknown"])
def test_known_and_unknown_addresses_get_the_same_words_and_the_same_work(
    app: Flask, client: FlaskClient, session: Session, hashes: list[str], path: str, known: str
) -> None:
    if known != "unknown":
        make_user(app, confirmed=known == "confirmed")
    answer = client.post(path, data={"email": ADDRESS, "password": OTHER})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/check-your-mail")
    assert len(hashes) == (1 if path.endswith("register") else 0)
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1
    assert letters(session)[0]["to"] == ADDRESS
    page = client.get("/account/check-your-mail").text
    assert f"A mail is on its way to {ADDRESS}. It says what to do next." in page
    assert "notice" not in re.sub(r"<head>.*</head>", "", page, flags=re.S)


@pytest.mark.parametrize("path", ["/account/register", "/account/confirm", "/account/reset"])
@pytest.mark.parametrize("known", ["confirmed", "unconfirmed", "unknown"])
def test_what_only_a_known_address_needs_costs_next_to_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, known: str
) -> None:
    """Time tells as words do: a link's fingerprint is made for known addresses alone, so it takes no slow hash."""
    if known != "unknown":
        make_user(app, confirmed=known == "confirmed")
    slow: list[str] = []
    real = CryptContext.hash

    def watched(self: CryptContext, secret: str, **more: object) -> str:
        made = str(real(self, secret, **more))
        if "rounds" in self.handler().setting_kwds:
            slow.append(made)
        return made

    monkeypatch.setattr(CryptContext, "hash", watched)
    client.post(path, data={"email": ADDRESS, "password": OTHER})
    assert len(slow) == (1 if path.endswith("register") else 0)


def test_a_weak_password_is_said_alike_for_known_and_unknown_addresses(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    pages = [
        client.post("/account/register", data={"email": email, "password": "short"}).text.replace(email, "")
        for email in (ADDRESS, "ben@person.example")
    ]
    assert pages[0] == pages[1]
    assert "at least 15 characters" in pages[0]


def test_signing_in_says_the_same_for_every_reason_it_fails(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    make_user(app, "new@person.example", confirmed=False)
    tries = [(ADDRESS, OTHER), (UNKNOWN, OTHER), ("new@person.example", PASSWORD)]
    pages = {sign_in(client, email, password).text.replace(email, "") for email, password in tries}
    assert len(pages) == 1
    assert "That address and password do not go together" in pages.pop()


@pytest.mark.parametrize(
    ("sent", "missing"),
    [({}, {"email", "password"}), ({"email": ADDRESS}, {"password"}), ({"email": " ", "password": OTHER}, {"email"})],
)
def test_what_was_not_typed_is_asked_for_at_its_field(
    client: FlaskClient, sent: dict[str, str], missing: set[str]
) -> None:
    answer = client.post("/account/login", data=sent)
    words = {"email": "Please type your e-mail address.", "password": "Please type a password."}
    assert answer.status_code == 422
    assert not problems_of(answer.text)
    for name, text in words.items():
        assert (f'<a href="#{name}">{text}</a>' in answer.text) == (name in missing)
        assert (f'id="{name}-error"' in answer.text) == (name in missing)
    assert "do not go together" not in answer.text


def test_signing_in_hashes_once_for_known_and_unknown(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_user(app)
    from argon2 import low_level

    work: list[str] = []
    for name in ("hash_secret", "hash_secret_raw", "verify_secret"):
        real = getattr(low_level, name)

        def counted(*args: object, _real: object = real, _name: str = name, **kwargs: object) -> object:
            work.append(_name)
            return _real(*args, **kwargs)  # type: ignore[operator]

        monkeypatch.setattr(low_level, name, counted)
    monkeypatch.setattr("flask_security.forms.hash_password", lambda _password: work.append("unknown"))
    monkeypatch.setattr("app.accounts.models.User.verify_and_update_password", lambda *_: work.append("known"))
    sign_in(client, UNKNOWN)
    sign_in(client, ADDRESS)
    assert work == ["unknown", "known"]


def test_the_name_of_an_address_is_one_whatever_its_letters(client: FlaskClient, session: Session) -> None:
    for email in (ADDRESS, ADDRESS.upper(), " Ada@Person.Example "):
        sign_up(client, email)
    assert session.scalar(select(func.count()).select_from(User)) == 1


def test_more_than_the_form_asks_is_not_taken(client: FlaskClient, session: Session) -> None:
    """Mass assignment: every column of the user, posted."""
    columns = {
        column.name: "1" for column in User.__table__.columns if column.name not in ("email", "password", "name")
    }
    sign_up(client, **columns, roles="admin", role_names="admin")
    made = user(session)
    assert made.confirmed_at is None
    assert made.role_names == {"patient"}
    assert made.tf_primary_method is None
    assert made.fs_uniquifier != "1"


def test_a_forgotten_password_is_chosen_anew_once(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    device = app.test_client()
    sign_in(device)
    client.post("/account/reset", data={"email": ADDRESS})
    page = link_in(letters(session)[0], "reset")
    assert client.post(page, data={"password": OTHER}).status_code == 302
    assert not signed_in(device), "a reset signs every device out"
    assert client.post(page, data={"password": PASSWORD}).headers["Location"] == "/account/reset"
    assert sign_in(client, password=PASSWORD).status_code == 200
    assert sign_in(client, password=OTHER).status_code == 302
    assert letters(session)[1]["subject"] == "Your password was changed"


def test_a_reset_also_confirms_because_it_came_by_mail(
    client: FlaskClient, session: Session, welcomed: list[str]
) -> None:
    sign_up(client)
    client.post("/account/reset", data={"email": ADDRESS})
    client.post(link_in(letters(session)[1], "reset"), data={"password": OTHER})
    assert user(session).confirmed_at is not None
    assert welcomed == [ADDRESS]


@pytest.mark.parametrize("path", ["/account/confirm", "/account/reset", "/account/register"])
def test_mailed_links_never_come_from_the_host_header(
    app: Flask, client: FlaskClient, session: Session, path: str
) -> None:
    make_user(app, confirmed=False)
    client.post(path, data={"email": ADDRESS, "password": PASSWORD}, headers={"Host": "evil.example"})
    letter = letters(session)[0]
    base = app.config["SETTINGS"].base_url
    assert "evil.example" not in letter["text"] + letter["html"]
    assert f"{base}/account/" in letter["text"]
    assert f"{base}/account/" in letter["html"]


@pytest.mark.parametrize("token", ["null", "[]", "IS NULL", "%00", "a.b.c", "0", "' OR 1=1"])
@pytest.mark.parametrize("path", ["/account/confirm", "/account/reset"])
def test_tokens_that_are_none_open_nothing(
    app: Flask, client: FlaskClient, session: Session, path: str, token: str
) -> None:
    make_user(app, confirmed=False)
    before = user(session).password
    for answer in (client.get(f"{path}/{token}"), client.post(f"{path}/{token}", data={"password": PASSWORD})):
        assert answer.status_code in (302, 404)
    assert (user(session).password, user(session).confirmed_at) == (before, None)


def test_a_token_for_one_thing_opens_no_other(client: FlaskClient, session: Session) -> None:
    sign_up(client)
    token = link_in(letters(session)[0], "confirm").rsplit("/", 1)[1]
    before = user(session).password
    client.post(f"/account/reset/{token}", data={"password": OTHER})
    assert user(session).password == before


def test_letters_are_plain_text_and_html_alike(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app, name='<script>"x"</script>')
    client.post("/account/reset", data={"email": ADDRESS})
    letter = letters(session)[0]
    assert 'Hello <script>"x"</script>,' in letter["text"]
    assert "&lt;script&gt;" in letter["html"]
    assert "<script>" not in letter["html"]
    assert link_in(letter, "reset") in letter["html"]


def test_a_stranger_puts_no_words_into_a_letter_to_an_unproved_address(client: FlaskClient, session: Session) -> None:
    sign_up(client, name="You won: evil.example")
    client.post("/account/reset", data={"email": letters(session)[0]["to"]})
    for letter in letters(session):
        assert letter["text"].startswith("Hello,\n")
        assert "evil.example" not in str(letter)
