"""NIST SP 800-63B-4 §3.1.1."""

import re
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.passwords import LONGEST, Weakness, normalise, weakness
from config import ROOT
from tests.support.accounts import make_user, sign_in

FIELD = re.compile(r"<input[^>]*type=\"password\"[^>]*>")
GOOD = "copper lantern meadow 42"


@pytest.mark.parametrize("length", [1, 7, 14])
def test_alone_a_password_has_15_characters(length: int) -> None:
    assert weakness(GOOD[:length], second_factor=False) is Weakness.SHORT


def test_beside_a_second_factor_8_are_enough() -> None:
    assert weakness("vq7 zebra", second_factor=True) is None
    assert weakness("vq7 zeb", second_factor=True) is Weakness.SHORT


@pytest.mark.parametrize(
    "password", ["copper lantern meadow", "COPPERLANTERNMEADOW", "8462057391648205", "κήπος λεμονιά θάλασσα"]
)
def test_nothing_is_asked_of_the_letters(password: str) -> None:
    assert weakness(password, second_factor=False) is None


def test_64_characters_and_more_are_welcome() -> None:
    assert weakness((GOOD * 6)[:64], second_factor=False) is None
    assert weakness((GOOD * 6)[:LONGEST], second_factor=False) is None
    assert weakness("x" + (GOOD * 9)[:LONGEST], second_factor=False) is Weakness.LONG


@pytest.mark.parametrize(
    "password", ["passwordpassword", "123456789012345", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaaaaa", "unknotunknotunknot"]
)
def test_common_ones_are_refused(password: str) -> None:
    assert weakness(password, second_factor=False) is Weakness.GUESSABLE


@pytest.mark.parametrize("password", ["ada@person.example", "ADA@PERSON.EXAMPLE", "Ada Sample-Person"])
def test_what_is_known_of_the_person_is_refused(password: str) -> None:
    about = ("ada@person.example", "Ada Sample-Person")
    assert weakness(password, second_factor=False, about=about) is Weakness.GUESSABLE


@given(st.text(min_size=15, max_size=40))
def test_the_same_keys_give_the_same_password(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("unit", ["a", "@", "@4301!|$", "4@8({[<3", "correct horse ", "12/11/1999"])
def test_a_long_password_costs_little(unit: str) -> None:
    """Not a benchmark: uncut, these take half a second and more each."""
    started = time.process_time()
    weakness((unit * LONGEST)[:LONGEST], second_factor=False, about=(unit * 100, unit * 100))
    assert time.process_time() - started < 0.4


def test_a_megabyte_is_refused_before_it_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged(*_: object, **__: object) -> None:
        raise AssertionError("judged")

    monkeypatch.setattr("zxcvbn.zxcvbn", judged)
    assert weakness("a" * 1_000_000, second_factor=False) is Weakness.LONG


def test_passwords_are_masked_and_may_come_from_anywhere(app: Flask, client: FlaskClient) -> None:
    """Managers may fill them in and people may paste them: nothing here listens to that."""
    make_user(app)
    pages = {"/account/login": ["current-password"], "/account/register": ["new-password"]}
    shown = {path: FIELD.findall(client.get(path).text) for path in pages}
    sign_in(client)
    pages["/account/password"] = ["current-password", "new-password"]
    shown["/account/password"] = FIELD.findall(client.get("/account/password").text)
    for path, fields in shown.items():
        assert [re.findall(r'autocomplete="([^"]*)"', field)[0] for field in fields] == pages[path], path
        assert all(int(length) > LONGEST for field in fields for length in re.findall(r'maxlength="(\d+)"', field))
    scripts = [path for path in (ROOT / "static").rglob("*.js") if "paste" in path.read_text()]
    assert scripts == []
