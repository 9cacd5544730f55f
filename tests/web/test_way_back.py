"""An address that only takes a form that is sent, typed or opened again: a page that leads to where the form is."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.doors.links import page_above
from tests.support.html import problems_of


@pytest.mark.parametrize(
    ("method", "address", "above"),
    [
        ("GET", "/practice/time-off/add", "/practice/time-off"),
        ("GET", "/practice/visits/5/accept", "/practice/visits/5"),
        ("GET", "/practice/time-off/days/5/2027-03-01/remove?x=y", "/practice/time-off"),
        ("GET", "/visits/token/code", "/visits/token"),
        ("GET", "/account/logout", "/account"),
        ("GET", "/admin/claims/3/grant", "/admin/claims"),
        ("POST", "/articles", "/articles"),
        ("POST", "/nowhere/at/all", None),
    ],
)
def test_the_form_stands_on_the_nearest_page_above(app: Flask, method: str, address: str, above: str | None) -> None:
    with app.test_request_context(address, method=method):
        assert page_above() == above


def test_the_page_says_so_and_keeps_status_and_allow(client: FlaskClient) -> None:
    answer = client.get("/practice/time-off/add")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert 'href="/practice/time-off">Open that page' in answer.text
    assert not problems_of(answer.text)
