"""Therapists for a referral: the shortlist, or who is near, each with the next times. A fixed number of reads."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory import queries as directory
from app.directory.listing import listing_day
from app.finder import queries as finder
from app.finder.criteria import SearchCriteria
from app.finder.free import FreeTimes
from app.referrals.queries import Shortlisted, cards_of
from app.web.finder.results import cards as shown

MOST = 12
NAMED_AMONG = 500
"""A name is looked for among so many of the nearest."""


def near(
    session: Session, criteria: SearchCriteria, point: tuple[float, float], limit: int = MOST
) -> tuple[list[dict[str, Any]], SearchCriteria]:
    """The nearest, and the criteria that found them: where nobody offers the technique, those for the problem."""
    day = listing_day(now())
    hits = finder.nearest(session, criteria, point, day, limit=limit)
    if not hits and criteria.technique_id:
        criteria = replace(criteria, technique_id=0)
        hits = finder.nearest(session, criteria, point, day, limit=limit)
    return with_times(session, finder.cards(session, hits, day), criteria), criteria


def of_shortlist(session: Session, people: Iterable[Shortlisted], criteria: SearchCriteria) -> list[dict[str, Any]]:
    return with_times(session, [each.card for each in people if each.card is not None], criteria)


def with_times(session: Session, cards: Sequence[dict[str, Any]], criteria: SearchCriteria) -> list[dict[str, Any]]:
    """Cards made ready, with the next times as links into the booking."""
    return shown(cards, criteria, FreeTimes(session, criteria, now()))


def people(
    session: Session, criteria: SearchCriteria, point: tuple[float, float] | None, name: str, skip: int
) -> dict[str, Any]:
    """A page of therapists to choose from: {cards, more}. By place, by name, or by both, then the nearest first."""
    day = listing_day(now())
    if point is None:
        ids = directory.named(session, name, day, limit=skip + MOST + 1)[skip:]
        found = [each.card for each in cards_of(session, ids[:MOST], day) if each.card]
        return {"cards": found, "more": len(ids) > MOST}
    hits = finder.nearest(session, criteria, point, day, limit=NAMED_AMONG if name else skip + MOST + 1)
    if name:
        ids = directory.named(session, name, day, among=[hit.therapist_id for hit in hits], limit=NAMED_AMONG)
        hits = [hit for hit in hits if hit.therapist_id in set(ids)]
    page = hits[skip : skip + MOST]
    return {"cards": finder.cards(session, page, day), "more": len(hits) > skip + MOST}
