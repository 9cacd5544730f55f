"""The pages on invented values: sound HTML in every state, and honest words in each."""

import pytest
from flask.testing import FlaskClient

from tests.support.html import problems_of

STATES = (
    *(f"/dev/results?case={case}" for case in ("many", "one", "none", "several", "start")),
    *(f"/dev/profile?case={case}" for case in ("full", "empty", "long", "unclaimed")),
    *(f"/dev/error/{status}" for status in (400, 403, 404, 405, 410, 413, 429, 500, 503, "offline")),
    "/dev/home",
    "/dev/components",
)


@pytest.mark.parametrize("path", STATES)
def test_every_state_is_sound(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert not problems_of(answer.text)
    assert answer.text.count("<h1") == 1


def test_every_licence_level_is_said_in_words(client: FlaskClient) -> None:
    text = client.get("/dev/results?case=many").text
    for words in ("Licence checked", "with the board on 14 Nov 2026", "Licence self-reported", "Licence expired"):
        assert words in text


def test_an_unclaimed_profile_offers_the_phone_and_no_times(client: FlaskClient) -> None:
    text = client.get("/dev/profile?case=unclaimed").text
    assert 'href="tel:5125550177"' in text
    assert "Is this you?" in text
    assert "Free times" not in text


def test_nothing_found_says_what_to_drop_and_what_that_gains(client: FlaskClient) -> None:
    text = client.get("/dev/results?case=none").text
    assert "Any time of day <strong>23 therapists</strong>" in text
    assert "Nearest outside your search" in text


def test_a_chosen_theme_is_written_by_the_server(client: FlaskClient) -> None:
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in client.get("/").text
    client.set_cookie("theme", '"><script>')
    assert "data-theme" not in client.get("/").text
