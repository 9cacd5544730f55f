"""Searching by when: exactly those whom the times themselves say are free, soonest first, whatever the bounds know."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.zones import zone
from app.directory.listing import FREE_BITS, listing_day
from app.directory.listing_models import SearchEntry
from app.directory.models import Service, Therapist
from app.directory.services import refresh_listings
from app.finder import queries, soonest
from app.finder.criteria import SearchCriteria
from app.finder.free import FreeTimes
from app.finder.near import nearness
from app.scheduling import queries as scheduling
from app.scheduling import services
from app.scheduling.hours import OpeningHours
from tests.factories import therapist
from tests.finder.oracle import distance

pytestmark = pytest.mark.databases
AUSTIN = (30.2672, -97.7431)
NOW = datetime(2027, 3, 1, 14, 7, tzinfo=UTC)
"""Monday 1 March 2027, 08:07 in Austin."""
DAY = listing_day(NOW)
LATER = NOW + timedelta(days=15)


def person(session: Session, weekly: list[OpeningHours], **facts: Any) -> Therapist:
    chosen = facts.pop("chosen", {})
    one = therapist(session, **facts)
    refresh_listings(session, [one.id])
    if chosen:
        services.set_scheduling(session, one.id, chosen, NOW)
    services.set_hours(session, one.id, one.locations[0].id, weekly, NOW)
    return one


def times(session: Session, one: Therapist, criteria: SearchCriteria) -> list[datetime]:
    """By brute force: every service's every time, and then the wishes."""
    here = zone(one.locations[0].time_zone)
    found = []
    for each in session.scalars(select(Service).where(Service.therapist_id == one.id, Service.active)):
        if criteria.minutes in (None, each.minutes):
            found += [at.starts_at for at in scheduling.free_times(session, each.id, NOW, LATER, NOW)]
    return sorted(at for at in found if wanted(at.astimezone(here), criteria))


def wanted(at: datetime, criteria: SearchCriteria) -> bool:
    minute = at.hour * 60 + at.minute
    opens, closes = criteria.time or (0, 1440)
    first, last = criteria.first or date.min, criteria.last or date.max
    inside = opens <= minute < closes if opens < closes else minute >= opens or minute < closes
    return inside and first <= at.date() <= last


def brute(session: Session, people: list[Therapist], criteria: SearchCriteria) -> list[int]:
    """The ids of those who match, in order."""
    keys = []
    for one in people:
        if criteria.minutes and criteria.minutes not in {each.minutes for each in one.services}:
            continue
        place = one.locations[0]
        mm = round(distance(AUSTIN, (place.lat or 0, place.lon or 0)) * 1e6)
        starts = times(session, one, criteria)
        if not starts and criteria.asks_when:
            continue
        first = starts[0] if starts else datetime.max.replace(tzinfo=UTC)
        key: tuple[Any, ...] = (first, mm) if criteria.sort == "soonest" else (nearness(mm), mm)
        keys.append((*key, one.id))
    return [key[-1] for key in sorted(keys)]


def found(session: Session, criteria: SearchCriteria, size: int, zone_name: str = "America/Chicago") -> list[int]:
    """All pages, one after the other by cursor."""
    ids: list[int] = []
    after = None
    while True:
        free = FreeTimes(session, criteria, NOW, zone_name)
        page = queries.search(session, criteria, AUSTIN, DAY, limit=size, skip=len(ids), after=after, free=free)
        ids += [hit.therapist_id for hit in page.hits]
        if not page.more:
            return ids
        after = page.hits[-1].key


hours = st.lists(
    st.builds(
        lambda weekday, opens, length: OpeningHours(weekday, opens * 30, opens * 30 + length * 30),
        st.integers(0, 6),
        st.integers(0, 40),
        st.integers(1, 16),
    ),
    max_size=4,
)
wishes = st.builds(
    SearchCriteria,
    radius_km=st.just(100.0),
    minutes=st.sampled_from([None, 60, 30]),
    first=st.one_of(st.none(), st.integers(0, 9).map(lambda n: date(2027, 3, 1) + timedelta(days=n))),
    time=st.sampled_from([None, None, (1020, 1320), (18 * 60, 20 * 60), (1320, 120)]),
    sort=st.sampled_from(["distance", "soonest"]),
)


@settings(max_examples=5)
@given(data=st.data())
def test_equals_brute_force(session: Session, data: st.DataObject) -> None:
    """Also when bounds are old, loose, missing, or of another zone than the searched place's."""
    session.rollback()
    people = []
    for number in range(data.draw(st.integers(1, 4))):
        chosen = {
            "minimum_notice": data.draw(st.sampled_from([0, 120, 1440])),
            "horizon_days": data.draw(st.sampled_from([3, 12])),
            "grid_minutes": data.draw(st.sampled_from([5, 15, 60])),
        }
        lat = 30.27 + data.draw(st.sampled_from([0.0, 0.01, 0.1, 0.4])) + number / 1e4
        time_zone = data.draw(st.sampled_from(["America/Chicago", "America/Chicago", "America/Denver", "Asia/Kolkata"]))
        one = person(session, data.draw(hours), lat=lat, time_zone=time_zone, chosen=chosen)
        if data.draw(st.booleans()):
            one.services.append(Service(name="Short", minutes=30, price_cents=5000, position=1))
            refresh_listings(session, [one.id])
        people.append(one)
    session.flush()
    if data.draw(st.booleans()):
        session.execute(
            update(SearchEntry).values(
                free_base=0,
                free_hours=0,
                free_later=-1,
                free_firsts=-1,
                free_quarters=None,
                free_minutes=0,
                lead=0,
                pace=1,
            )
        )
    size = data.draw(st.integers(1, 4))
    free = FreeTimes(session, SearchCriteria(), NOW, "America/Chicago")
    for criteria in data.draw(st.lists(wishes, min_size=1, max_size=3)):
        right = brute(session, people, criteria)
        assert found(session, criteria, size) == right, criteria
        # In one request, what was read for one search answers the next.
        free = free.instead(criteria)
        hits = queries.search(session, criteria, AUSTIN, DAY, limit=size, free=free).hits
        assert [hit.therapist_id for hit in hits] == right[:size], criteria


@settings(max_examples=5)
@given(data=st.data())
def test_the_soonest_of_many_equal_brute_force(session: Session, data: st.DataObject) -> None:
    """Whether bounds are exact and believed, or so early that what was left out has to be read after all."""
    session.rollback()
    weekly = data.draw(st.lists(hours, min_size=3, max_size=3))
    people = []
    for number in range(14):
        place = {"lat": 30.27 + data.draw(st.integers(0, 40)) ** 2 / 4000, "lon": AUSTIN[1] + number / 1e4}
        people.append(person(session, weekly[number % 3], **place))
    session.flush()
    early = [one.id for one in people if data.draw(st.booleans())] if data.draw(st.booleans()) else []
    anytime = {"free_hours": FREE_BITS, "free_later": -1, "free_firsts": -1, "free_quarters": None}
    session.execute(update(SearchEntry).where(SearchEntry.therapist_id.in_(early)).values(anytime))
    criteria, size = SearchCriteria(radius_km=100.0, sort="soonest"), data.draw(st.integers(1, 3))
    with pytest.MonkeyPatch.context() as few:
        few.setattr(soonest, "SPARE", data.draw(st.sampled_from([0, 1])))
        few.setattr(soonest, "MANY", data.draw(st.sampled_from([1, 4])))
        assert found(session, criteria, size) == brute(session, people, criteria)
        free = FreeTimes(session, criteria, NOW, "America/Chicago")
        whole = queries.search(session, criteria, AUSTIN, DAY, limit=size, skip=size, free=free).hits
        assert [hit.therapist_id for hit in whole] == brute(session, people, criteria)[size : 2 * size]


def test_a_time_that_is_given_back_is_found_again(session: Session) -> None:
    one = person(session, [OpeningHours(0, 9 * 60, 10 * 60)], booking_mode="instant")
    soonest = SearchCriteria(first=date(2027, 3, 1), last=date(2027, 3, 2), sort="soonest")
    off, _ = services.add_time_off(session, one.id, NOW - timedelta(days=1), NOW + timedelta(days=2), NOW)
    assert found(session, soonest, 5) == []
    services.remove_time_off(session, one.id, off, NOW)
    services.set_scheduling(session, one.id, {"minimum_notice": 0}, NOW)
    assert found(session, soonest, 5) == [one.id]


def test_who_cannot_be_booked_comes_last_and_only_when_no_time_is_asked_for(session: Session) -> None:
    by_phone = person(session, [], booking_mode="none", lat=30.2673)
    free = person(session, [OpeningHours(3, 9 * 60, 12 * 60)], lat=30.5)
    assert found(session, SearchCriteria(sort="soonest"), 5) == [free.id, by_phone.id]
    assert found(session, SearchCriteria(sort="soonest", time=(0, 1440)), 5) == [free.id]


def test_a_page_that_nobody_confirmed_for_a_year_is_by_phone_only(session: Session) -> None:
    weekly = [OpeningHours(day, 9 * 60, 17 * 60) for day in range(7)]
    fresh = person(session, weekly, lat=30.29)
    half = person(session, weekly, lat=30.28, confirmed_on=datetime.now(UTC).date() - timedelta(days=184))
    year = person(session, weekly, lat=30.27, confirmed_on=datetime.now(UTC).date() - timedelta(days=366 + 14))
    today = datetime.now(UTC).date()
    hits = queries.nearest(session, SearchCriteria(), AUSTIN, today)
    assert [hit.therapist_id for hit in hits] == [fresh.id, year.id, half.id]
    assert [len(scheduling.bookables(session, one.services[0].id)) for one in (fresh, half, year)] == [1, 1, 0]
    modes = {card["slug"]: card["booking_mode"] for card in queries.cards(session, hits, today)}
    assert modes == {fresh.slug: "request", half.slug: "request", year.slug: "none"}


def test_only_where_a_licence_is_good_can_be_booked(session: Session) -> None:
    one = person(session, [OpeningHours(day, 540, 1020) for day in range(7)])
    assert scheduling.bookables(session, one.services[0].id)
    one.licences[0].expires_on = date(2026, 1, 1)
    refresh_listings(session, [one.id])
    assert not scheduling.bookables(session, one.services[0].id)


def test_the_number_of_statements_does_not_grow(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    weekly = [OpeningHours(day, 9 * 60, 17 * 60) for day in range(7)]
    asked: list[int] = []
    from app.finder import free as module

    real = module.next_times
    monkeypatch.setattr(
        module, "next_times", lambda _, ids, *rest, **known: asked.append(len(ids)) or real(_, ids, *rest, **known)
    )
    for _ in range(12):
        person(session, weekly)
    for sort in ("distance", "soonest"):
        asked.clear()
        criteria = SearchCriteria(sort=sort, time=(540, 1020))  # type: ignore[arg-type]
        free = FreeTimes(session, criteria, NOW, "America/Chicago")
        hits = queries.search(session, criteria, AUSTIN, DAY, limit=20, free=free).hits
        assert len(hits) == 12
        assert asked == [12]
