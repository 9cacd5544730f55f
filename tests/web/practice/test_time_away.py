"""Being away: as a range, half a day, other hours, a holiday; what is booked in it is listed before it is saved (case 19)."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from app.core import clock
from app.directory.models import Location
from app.scheduling import queries
from app.scheduling.models import Booking
from app.web.formatting import when
from tests.web.practice.conftest import Practice
from tests.web.practice.test_page import hidden

AUSTIN = ZoneInfo("America/Chicago")


def away(form: str, day: date) -> dict[str, Any]:
    """The form and what is sent: each leaves 9:00 open that day and takes 11:30 to 12:30 away, or all of it."""
    morning = {"starts": "11:00", "ends": "13:00"}
    return {
        "half a day": {"path": "/time-off/add", "first": day, "location": 0, **morning},
        "days": {"path": "/time-off/add", "first": day - timedelta(days=2), "last": day + timedelta(days=2), "location": 0},
        "shorter hours": {"path": "/time-off/days", "day": day, "opens": "09:00", "closes": "12:00", "place": 1},
        "closed": {"path": "/time-off/days", "day": day, "place": 1},
        "holiday": {"path": "/time-off/holidays", "holiday": day, "holiday_name": "A feast"},
    }[form]  # fmt: skip


@pytest.mark.parametrize("form", ["half a day", "days", "shorter hours", "closed", "holiday"])
def test_each_way_to_be_away_lists_the_visits_that_it_touches_and_no_others(mine: Practice, form: str) -> None:
    """Case 19."""
    day = (clock.now().astimezone(AUSTIN) + timedelta(days=21)).date()
    day -= timedelta(days=day.weekday())
    early, late = (datetime.combine(day, time(*at), AUSTIN) for at in ((9, 0), (11, 30)))
    made = [mine.confirmed(at) for at in (early, late)]
    touched = made if form in ("days", "closed", "holiday") else made[1:]
    sent = away(form, day)
    path = sent.pop("path")
    if "place" in sent:
        sent["place"] = mine.location_id
    asked = mine.post(path, **sent)
    assert asked.status_code == 409
    assert [one for one in made if f"/practice/visits/{one.id}" in asked.text] == touched
    assert len([at for at in free_on(mine, day) if at < late]) > 0, "nothing is saved yet"
    seen = hidden(asked.text, "seen")
    assert mine.post(path, **sent, seen=seen).status_code == 303
    left = [at.astimezone(AUSTIN).hour for at in free_on(mine, day)]
    assert not [hour for hour in left if form not in ("half a day", "shorter hours") or 11 <= hour < 13]
    assert {mine.visit(one.id).state for one in made} == {"confirmed"}


@pytest.mark.parametrize("form", ["half a day", "days", "shorter hours", "closed", "holiday"])
def test_each_way_to_be_away_lists_who_was_asked_to_come_then(mine: Practice, form: str) -> None:
    """Their yes may come after it was saved."""
    day = (clock.now().astimezone(AUSTIN) + timedelta(days=21)).date()
    day -= timedelta(days=day.weekday())
    made = mine.confirmed(datetime.combine(day - timedelta(days=5), time(9), AUSTIN))
    asked_for = {"day": day, "at": "11:30", "location": mine.location_id}
    assert mine.post(f"/visits/{made.id}/move", **asked_for).status_code == 303
    sent = away(form, day)
    path = sent.pop("path")
    if "place" in sent:
        sent["place"] = mine.location_id
    asked = mine.post(path, **sent)
    assert asked.status_code == 409
    assert f"/practice/visits/{made.id}" in asked.text
    assert f"Another time asked for: {when(datetime.combine(day, time(11, 30), AUSTIN))}" in asked.text
    assert mine.post(path, **sent, seen=hidden(asked.text, "seen")).status_code == 303
    assert mine.visit(made.id).new_starts_at == datetime.combine(day, time(11, 30), AUSTIN)


def test_a_holiday_is_the_date_at_each_place(mine: Practice) -> None:
    """Monday, 4 pm in Austin, is Tuesday in Auckland."""
    day = (clock.now().astimezone(AUSTIN) + timedelta(days=21)).date()
    day -= timedelta(days=day.weekday())
    one = mine.confirmed(datetime.combine(day, time(16), AUSTIN))
    place = Location(therapist_id=mine.id, city="Auckland", country="NZ", time_zone="Pacific/Auckland")
    mine.session.add(place)
    mine.session.flush()
    mine.session.execute(update(Booking).where(Booking.id == one.id).values(location_id=place.id))
    mine.session.commit()
    sent = {"holiday": day + timedelta(days=1), "holiday_name": "A feast"}
    asked = mine.post("/time-off/holidays", **sent)
    assert asked.status_code == 409
    assert f"/practice/visits/{one.id}" in asked.text


def free_on(mine: Practice, day: date) -> list[datetime]:
    mine.session.rollback()
    first, now = datetime.combine(day, time(), AUSTIN), clock.now()
    found = queries.free_times(mine.session, mine.service_id, first, first + timedelta(days=1), now)
    return [each.starts_at for each in found]
