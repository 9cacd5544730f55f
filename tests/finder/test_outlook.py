"""What entries tell of first free times never comes after the truth, and is as near to it as a quarter of an hour."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.directory.listing import BOOKABLE, FREE_HOURS, KNOWN_HOURS
from app.directory.listing_facts import Bound
from app.finder.outlook import NEVER, Known, Outlook
from app.scheduling.quanta import QUANTA_PER_HOUR, QUARTER, Span, ceil_quantum
from app.scheduling.queries.next_times import Window, window_bits
from app.scheduling.services.timelines import bound_of
from app.scheduling.timeline import between, free_starts, grid, mark

MADE = datetime(2027, 3, 1, 14, tzinfo=UTC)
"""When the bounds were worked out."""
BASE = ceil_quantum(MADE) // QUANTA_PER_HOUR
SPAN = Span.covering(BASE * QUANTA_PER_HOUR, (BASE + 200) * QUANTA_PER_HOUR)
ZONE = "America/Denver"


class Place(NamedTuple):
    opened: int
    busy: int
    shortest: int
    notice: int
    grid: int

    @property
    def bound(self) -> Bound:
        return bound_of(
            self.opened,
            self.busy,
            SPAN,
            BASE,
            {"grid_minutes": self.grid, "minimum_notice": self.notice},
            self.shortest,
        )

    def first(self, minutes: int, outlook: Outlook, *, before: int = 0) -> int:
        """The first wanted start, by the rule that books."""
        wanted, _ = window_bits(outlook.window, outlook.now, ZONE, SPAN)
        allowed = between(SPAN, ceil_quantum(outlook.now + timedelta(minutes=self.notice)), SPAN.end)
        allowed &= grid(ZONE, SPAN, self.grid) & wanted
        starts = free_starts(self.opened, self.busy, minutes, before=before, allowed=allowed)
        return SPAN.start + (starts & -starts).bit_length() - 1 if starts else NEVER


def stretches(most: int) -> st.SearchStrategy[int]:
    one = st.tuples(st.integers(0, 150 * QUANTA_PER_HOUR), st.integers(1, 60))
    return st.lists(one, max_size=most).map(
        lambda found: mark([(BASE * QUANTA_PER_HOUR + at, BASE * QUANTA_PER_HOUR + at + long) for at, long in found], SPAN)
    )  # fmt: skip


places = st.builds(
    Place,
    stretches(6),
    stretches(4),
    st.sampled_from([5, 30, 45, 60, 90]),
    st.sampled_from([0, 35, 120, 1440]),
    st.sampled_from([5, 15, 20, 30, 60]),
)
outlooks = st.builds(
    lambda later, opens, days, here: Outlook(
        Window(*days, opens, opens + 120 if opens else 1440),
        MADE + timedelta(minutes=later),
        ZONE if here else "Asia/Tokyo",
    ),
    st.integers(0, 30 * 60) | st.integers(0, 150 * 60),
    st.sampled_from([0, 0, 17 * 60]),
    st.none().map(lambda _: (None, None))
    | st.tuples(*[st.none() | st.integers(1, 9).map(lambda n: date(2027, 3, n))] * 2),
    st.booleans(),
)


def facts(place: Place) -> dict[str, Any]:
    return {"flags": BOOKABLE, "time_zone": ZONE, **place.bound._asdict()}


def row(place: Place) -> tuple[int, str, int, int, int, bytes, int, int]:
    return tuple(facts(place)[name] for name in Known._fields)  # type: ignore[return-value]


def stays(place: Place, outlook: Outlook, before: int) -> bool:
    """Whether the database keeps the entry of a place among those who may start before a quantum."""
    sql, values = outlook.may_start(before)
    known = facts(place)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE TABLE entry ({', '.join(known)})")
        connection.execute(f"INSERT INTO entry VALUES ({', '.join('?' * len(known))})", list(known.values()))
        return connection.execute(f"SELECT 1 FROM entry WHERE 1 = 1{sql}", values).fetchone() is not None


@given(place=places, outlook=outlooks, longer=st.sampled_from([0, 30, 60]), before=st.sampled_from([0, 15, 30]))
def test_a_bound_never_comes_after_the_first_free_time(
    place: Place, outlook: Outlook, longer: int, before: int
) -> None:
    """For treatments as long as the shortest or longer, with whatever buffers."""
    first = place.first(place.shortest + longer, outlook, before=before)
    assert outlook.earliest(row(place)) <= first
    if first < NEVER:
        assert stays(place, outlook, NEVER)
        assert stays(place, outlook, first + 1)


@given(place=places, later=st.integers(0, 24 * 60))
def test_it_lies_in_the_same_quarter(place: Place, later: int) -> None:
    """So that hardly anybody is asked in vain: only who was free a little earlier than they can be booked.

    In the same hour, from where quarters are not told any more.
    """
    outlook = Outlook(Window(), MADE + timedelta(minutes=later), ZONE)
    exact = place._replace(grid=5)
    first, bound = exact.first(place.shortest, outlook), outlook.earliest(row(exact))
    at_once = ceil_quantum(outlook.now) + place.notice // 5
    known = (BASE + KNOWN_HOURS) * QUANTA_PER_HOUR
    told = QUARTER if bound < (BASE + FREE_HOURS) * QUANTA_PER_HOUR else QUANTA_PER_HOUR
    assert bound // told == min(first, known) // told or bound >= known or bound == at_once
    hour = bound // QUANTA_PER_HOUR * QUANTA_PER_HOUR
    whole = Outlook(Window(), outlook.now - timedelta(minutes=5 * (at_once % QUANTA_PER_HOUR)), ZONE)
    # The database looks at hours: who was free earlier in the one that has begun stays for now.
    if told == QUARTER and exact.first(place.shortest, whole) >= hour:
        assert not stays(exact, outlook, hour)


@given(place=places, later=st.integers(0, 24), ahead=st.integers(0, 4), opens=st.integers(0, 22))
def test_who_is_not_free_in_the_wanted_hours_of_these_days_is_left_out(
    place: Place, later: int, ahead: int, opens: int
) -> None:
    """And nobody else, where entries tell of these hours."""
    first = date(2027, 3, 1)
    window = Window(first, first + timedelta(days=ahead), opens * 60, opens * 60 + 120)
    outlook = Outlook(window, MADE + timedelta(hours=later), ZONE)
    exact = place._replace(grid=5, notice=0)
    assert stays(exact, outlook, NEVER) == (exact.first(place.shortest, outlook) < NEVER)


@pytest.mark.databases
def test_both_databases_read_the_two_words_alike(session: Session) -> None:
    """Places with a single free time each, at every seventh quantum, under windows on each of the days."""
    free = [Place(mark([(at, at + 1)], SPAN), 0, 5, 0, 5) for at in range(SPAN.start, SPAN.end, 7)]
    connection = session.connection()
    a_mark, columns = ("?" if connection.dialect.name == "sqlite" else "%s"), ", ".join(facts(free[0]))
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE bounded AS SELECT location_id, {columns} FROM search_entry WHERE specialty_id < 0"
    )
    rows = [(number, *facts(each).values()) for number, each in enumerate(free)]
    connection.exec_driver_sql(f"INSERT INTO bounded VALUES ({', '.join([a_mark] * len(rows[0]))})", rows)
    for later, day in product((0, 1, 24, 40), range(5)):
        first = date(2027, 3, 1) + timedelta(days=day)
        outlook = Outlook(Window(first, first, 18 * 60, 20 * 60), MADE + timedelta(hours=later), ZONE)
        sql, values = outlook.may_start()
        wanted = f"SELECT location_id FROM bounded WHERE 1 = 1{sql}".replace("?", a_mark)
        found = {number for (number,) in connection.exec_driver_sql(wanted, tuple(values))}
        assert found == {number for number, each in enumerate(free) if each.first(5, outlook) < NEVER}, (later, day)
