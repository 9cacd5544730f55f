"""However much stands in a practice, its pages ask the database as often."""

from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.scheduling import services as scheduling
from tests.support.questions import counted
from tests.web.practice.conftest import Practice

pytestmark = pytest.mark.databases
PAGES = ("/", "/week", "/week?from={next_week}", "/time-off", "/places", "/services", "/licences", "/numbers", "/rules")
MOST = 30
"""Statements of one page, sign-in and locks counted: a slip into hundreds is seen, a new question is not fought over."""


def asked(app: Flask, mine: Practice, path: str) -> list[str]:
    mine.session.rollback()
    with counted(app) as said:
        answer = mine.get(path)
    assert answer.status_code == 200
    return said


def fill(mine: Practice, visits: int) -> None:
    """Requests, visits and times off: half of the free times asked for, half of those accepted."""
    times = mine.free(2 * visits)
    assert len(times) >= visits
    for number, at in enumerate(times[:visits]):
        if number % 2:
            mine.confirmed(at)
        else:
            mine.requested(at)
    day = clock.now() + timedelta(days=40)
    for number in range(visits):
        starts = day + timedelta(days=number)
        scheduling.add_time_off(mine.session, mine.id, starts, starts + timedelta(hours=1), clock.now())
    mine.session.commit()


@pytest.mark.parametrize("page", PAGES)
def test_a_full_practice_asks_no_more_than_a_sparse_one(app: Flask, mine: Practice, page: str) -> None:
    path = page.format(next_week=(clock.today() + timedelta(days=7)).isoformat())
    fill(mine, 2)
    asked(app, mine, path)
    sparse = asked(app, mine, path)
    fill(mine, 10)
    full = asked(app, mine, path)
    assert len(full) == len(sparse), "\n".join(sorted(set(full) - set(sparse)) or full)
    assert len(full) <= MOST
