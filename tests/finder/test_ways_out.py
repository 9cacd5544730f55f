"""What somebody is offered who was found nobody, beside searching for each of it alone."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.finder import queries, ways_out
from app.finder.criteria import SearchCriteria
from app.finder.free import FreeTimes
from app.finder.ways_out import WaysOut
from app.scheduling.hours import OpeningHours
from tests.finder.test_when import AUSTIN, DAY, NOW, person

MORNINGS = [OpeningHours(day, 9 * 60, 12 * 60) for day in range(5)]
EVENINGS = [OpeningHours(day, 18 * 60, 21 * 60) for day in range(2, 5)]
TUESDAY = date(2027, 3, 2)

CRITERIA = st.builds(
    SearchCriteria,
    specialty_id=st.sampled_from([0, 1, 2]),
    radius_km=st.sampled_from([1.0, 20.0, 40.23, 120.0]),
    first=st.sampled_from([None, TUESDAY]),
    last=st.sampled_from([None, TUESDAY]),
    time=st.sampled_from([None, (540, 720), (1080, 1200), (0, 60)]),
    sort=st.sampled_from(["distance", "soonest"]),
)


def searched(session: Session, criteria: SearchCriteria) -> list[int]:
    """The therapists whom that search finds."""
    free = FreeTimes(session, criteria, NOW, "America/Chicago")
    found = queries.search(session, criteria, AUSTIN, DAY, limit=20, free=free)
    return [hit.therapist_id for hit in found.hits]


def check(session: Session, criteria: SearchCriteria) -> None:
    free = FreeTimes(session, criteria, NOW, "America/Chicago")
    ways = WaysOut(session, criteria, AUSTIN, DAY, free)
    offered = ways.relaxations()
    for each in offered:
        number = len(searched(session, each.criteria))
        most = ways_out.FEW if each.criteria.asks_when else number
        assert (each.total, each.total_is_capped) == (min(number, most), number > most), each
    missing = [each for family in ways_out._families(criteria) for each in family if each not in
               [(one.field, one.criteria) for one in offered]]  # fmt: skip
    assert not [each for each in missing if searched(session, each[1])]
    outside = ways.nearest_outside()
    farthest = ways_out.FARTHEST_FREE_KM if criteria.asks_when else ways_out.FARTHEST_KM
    anywhere = ways_out.replace(criteria, radius_km=farthest, sort="distance")
    if people := searched(session, anywhere):
        assert outside is not None
        assert outside.therapist_id == people[0]


@pytest.mark.parametrize("many", [64, 2])
@settings(max_examples=40)
@given(people=st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 2.0, 3.5]), st.sampled_from([1, 2]),
                                 st.sampled_from([MORNINGS, EVENINGS, []])), max_size=5),
       wishes=st.lists(CRITERIA, min_size=4, max_size=4))  # fmt: skip
def test_each_way_out_gains_whom_its_search_finds(
    session: Session, monkeypatch: pytest.MonkeyPatch, many: int, people: list[tuple[float, int, list[OpeningHours]]], wishes: list[SearchCriteria]
) -> None:  # fmt: skip
    monkeypatch.setattr(queries, "FEW_ENTRIES", many)
    monkeypatch.setattr(ways_out, "FEW", 2)
    with session.begin_nested() as all_of_them:
        for north, specialty, weekly in people:
            person(session, weekly, lat=AUSTIN[0] + north, specialty_ids=(specialty,))
        empty = [each for each in wishes if not searched(session, each)]
        for criteria in empty:
            check(session, criteria)
        all_of_them.rollback()
    assume(empty)
