"""What entries tell of first free times never comes after the truth, and is as near to it as a quarter of an hour."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from app.directory.listing import BOOKABLE, FREE_HOURS
from app.directory.listing_facts import Bound
from app.finder.outlook import NEVER, Known, Outlook
from app.scheduling.quanta import QUANTA_PER_HOUR, QUARTER, Span, ceil_quantum
from app.scheduling.queries.next_times import Window, window_bits
from app.scheduling.services.timelines import bound_of
from app.scheduling.timeline import between, free_starts, grid, mark

MADE = datetime(2027, 3, 1, 14, tzinfo=UTC)
"""When the bounds were worked out."""
BASE = ceil_quantum(MADE) // QUANTA_PER_HOUR
SPAN = Span.covering(BASE * QUANTA_PER_HOUR, (BASE + 100) * QUANTA_PER_HOUR)
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
    one = st.tuples(st.integers(0, 90 * QUANTA_PER_HOUR), st.integers(1, 60))
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
    lambda later, opens, here: Outlook(
        Window(opens=opens, closes=opens + 120 if opens else 1440),
        MADE + timedelta(minutes=later),
        ZONE if here else "Asia/Tokyo",
    ),
    st.integers(0, 30 * 60),
    st.sampled_from([0, 0, 17 * 60]),
    st.booleans(),
)


def facts(place: Place) -> dict[str, Any]:
    return {"flags": BOOKABLE, "time_zone": ZONE, **place.bound._asdict()}


def row(place: Place) -> tuple[int, str, int, int, bytes, int, int]:
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
    """So that hardly anybody is asked in vain: only who was free a little earlier than they can be booked."""
    outlook = Outlook(Window(), MADE + timedelta(minutes=later), ZONE)
    exact = place._replace(grid=5)
    first, bound = exact.first(place.shortest, outlook), outlook.earliest(row(exact))
    at_once = ceil_quantum(outlook.now) + place.notice // 5
    known = (BASE + FREE_HOURS) * QUANTA_PER_HOUR
    assert bound // QUARTER == min(first, known) // QUARTER or bound >= known or bound == at_once
    hour = bound // QUANTA_PER_HOUR * QUANTA_PER_HOUR
    whole = Outlook(Window(), outlook.now - timedelta(minutes=5 * (at_once % QUANTA_PER_HOUR)), ZONE)
    # The database looks at hours: who was free earlier in the one that has begun stays for now.
    if bound < known and exact.first(place.shortest, whole) >= hour:
        assert not stays(exact, outlook, hour)
