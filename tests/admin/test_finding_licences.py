"""The queue of licences is searched by name, number and state; a decision leads back to what was searched."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.directory import review
from app.directory.models import Licence
from tests import factories
from tests.support.accounts import make_user, sign_in
from tests.support.html import problems_of


def waiting(session: Session, first: str, last: str, number: str, state: str = "TX", **facts: object) -> Licence:
    one = factories.therapist(
        session, name=f"{first} {last}", first_name=first, last_name=last, region=state, **facts
    ).licences[0]
    one.number, one.name_key = number, last.casefold().replace("ñ", "n")
    session.flush()
    return one


@pytest.fixture
def queue(session: Session) -> list[Licence]:
    """Three that wait; and noise: one that was checked, and one on a page that nobody claimed."""
    rows = [
        waiting(session, "Ada", "Sample", "MT-123.456"),
        waiting(session, "Bea", "Muñoz", "MA 98 765", "FL"),
        waiting(session, "Adam", "Other", "C1-0024514", "MD"),
    ]
    waiting(session, "Ada", "Sample", "MT123456").checked_how = "admin"
    waiting(session, "Ada", "Sample", "MT123456", claimed=False)
    session.commit()
    return rows


@pytest.mark.databases
@pytest.mark.parametrize(
    ("q", "state", "found"),
    [
        ("", "", [0, 1, 2]),
        ("ada", "", [0, 2]),
        ("SAMPLE ada", "", [0]),
        ("dam", "", []),
        ("Muñoz", "", [1]),
        ("MUÑ", "", [1]),
        ("munoz", "", [1]),
        ("mt123456", "", [0]),
        ("MT 123-456", "", [0]),
        ("ma98765", "", [1]),
        ("24514", "", [2]),
        ("ada 3456", "", [0]),
        ("ada 98765", "", []),
        ("", "US-FL", [1]),
        ("ada", "US-MD", [2]),
        ("ada", "US-FL", []),
        ("%", "", []),
        ("-", "", []),
    ],
)
def test_each_word_begins_a_name_or_is_part_of_the_number(
    session: Session, queue: list[Licence], q: str, state: str, found: list[int]
) -> None:
    rows = review.licences_to_check(session, q, state)
    assert [each.licence.id for each in rows] == [queue[one].id for one in found]
    assert review.count_to_check(session, q, state) == len(found)


def test_a_search_is_kept_while_the_found_ones_are_decided(
    app: Flask, client: FlaskClient, session: Session, queue: list[Licence]
) -> None:
    make_user(app, "root@person.example", "patient", "admin")
    sign_in(client, "root@person.example")
    page = client.get("/admin/licences?q=ada+s&state=US-TX&limit=9")
    assert not problems_of(page.text)
    assert "Ada Sample" in page.text
    assert "Adam Other" not in page.text
    assert 'value="ada s"' in page.text
    one = f"/admin/licences/{queue[0].id}?q=ada+s&state=US-TX"
    assert one.replace("&", "&amp;") in page.text
    decided = client.post(one, data={"status": "active", "reason": "The board's page"})
    assert decided.location == "/admin/licences?q=ada+s&state=US-TX"
    empty = client.get(decided.location)
    assert not problems_of(empty.text)
    assert "No licence like this waits" in empty.text
    assert 'href="/admin/licences"' in empty.text


@pytest.mark.parametrize("odd", ["q=%00", "state=XX-1", "q=%27%22%3E%3Cscript%3E", "q=" + "a+" * 400])
def test_odd_searches_are_only_searches(app: Flask, client: FlaskClient, odd: str) -> None:
    make_user(app, "root@person.example", "patient", "admin")
    sign_in(client, "root@person.example")
    answer = client.get(f"/admin/licences?{odd}")
    assert answer.status_code == 200
    assert not problems_of(answer.text)
