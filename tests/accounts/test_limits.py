"""Guessing and mail floods are capped, alike for known and unknown addresses."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.doors.limits import by_address
from app.notifications.models import OutboxMessage
from app.web.accounts.limits import by_network
from tests.support.accounts import ADDRESS, PASSWORD, letters, link_in, make_user, sign_in, signed_in

pytestmark = pytest.mark.usefixtures("limits")
UNKNOWN = "nobody@person.example"


@pytest.mark.parametrize("email", [ADDRESS, UNKNOWN])
def test_ten_wrong_passwords_for_one_address_are_enough(app: Flask, client: FlaskClient, email: str) -> None:
    make_user(app)
    answers = [sign_in(client, email, "wrong").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_right_passwords_are_not_counted(app: Flask) -> None:
    make_user(app)
    for _ in range(12):
        assert sign_in(app.test_client()).status_code == 302


def test_one_network_cannot_try_many_addresses(app: Flask, client: FlaskClient) -> None:
    answers = {sign_in(client, f"a{number}@person.example", "wrong").status_code for number in range(62)}
    assert answers == {200, 429}


@pytest.mark.parametrize("email", [ADDRESS, UNKNOWN])
def test_nobody_is_flooded_with_mails(app: Flask, client: FlaskClient, session: Session, email: str) -> None:
    make_user(app)
    paths = ["/account/reset", "/account/confirm", "/account/register", "/account/reset", "/account/confirm"]
    answers = [client.post(path, data={"email": email, "password": PASSWORD}).status_code for path in paths]
    assert answers == [302, 302, 302, 429, 429]
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 3


def test_other_letters_of_the_same_address_are_no_way_around(client: FlaskClient) -> None:
    spellings = [ADDRESS, ADDRESS.upper(), f" {ADDRESS} ", ADDRESS.title()]
    assert [client.post("/account/reset", data={"email": email}).status_code for email in spellings] == [
        302,
        302,
        302,
        429,
    ]


def test_codes_cannot_be_guessed_by_starting_again(app: Flask, client: FlaskClient) -> None:
    from tests.accounts.test_second_factor import set_up

    make_user(app)
    sign_in(client)
    set_up(client)
    answers = []
    for _ in range(11):
        guesser = app.test_client()
        sign_in(guesser)
        answers.append(guesser.post("/account/code", data={"code": "000000"}).status_code)
        assert not signed_in(guesser)
    assert answers == [200] * 10 + [429]


def test_wrong_passwords_elsewhere_do_not_keep_the_owner_out(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    sign_in(client)
    client.post("/account/logout")
    guesser = app.test_client()
    assert {sign_in(guesser, ADDRESS, "wrong").status_code for _ in range(11)} == {200, 429}
    assert sign_in(app.test_client()).status_code == 429
    assert sign_in(client).status_code == 302


def test_the_mailed_link_lets_the_owner_in_meanwhile(app: Flask, client: FlaskClient, session: Session) -> None:
    make_user(app)
    for _ in range(11):
        sign_in(app.test_client(), ADDRESS, "wrong")
    client.post("/account/reset", data={"email": ADDRESS})
    client.post(link_in(letters(session)[-1], "reset"), data={"password": "plum orchard window 77"})
    assert sign_in(client, ADDRESS, "plum orchard window 77").status_code == 302


def test_a_known_browser_guesses_no_more_than_any_other(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    sign_in(client)
    client.post("/account/logout")
    answers = [sign_in(client, ADDRESS, "wrong").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_a_browser_is_known_to_its_own_account_alone(app: Flask, client: FlaskClient) -> None:
    make_user(app)
    make_user(app, "eve@person.example")
    sign_in(client, "eve@person.example")
    client.post("/account/logout")
    for _ in range(11):
        sign_in(app.test_client(), ADDRESS, "wrong")
    assert sign_in(client, ADDRESS, PASSWORD).status_code == 429


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff:1:2:3:4", "2001:db8:1:200::/56"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("<script>", "unknown"),
    ],
)
def test_a_network_is_a_household(app: Flask, address: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert by_network() == network


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.77", "203.0.113.77/32"),
        ("::ffff:203.0.113.77", "203.0.113.77/32"),
        ("2001:db8:1:2ff:1:2:3:4", "2001:db8:1:2ff::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_an_address_of_ones_own_choice_is_no_way_around(app: Flask, address: str, counted: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert by_address() == counted
