"""Therapists for a referral: the shortlist, or who is near, each with the next times. A fixed number of reads."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory.listing import listing_day
from app.finder import queries as finder
from app.finder.criteria import SearchCriteria
from app.finder.free import FreeTimes
from app.referrals.queries import Shortlisted
from app.web.finder.results import cards as shown

MOST = 12


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


def people_near(
    session: Session, criteria: SearchCriteria, point: tuple[float, float], limit: int = MOST
) -> list[dict[str, Any]]:
    """The nearest to choose from, each card with the therapist's `id`."""
    day = listing_day(now())
    hits = finder.nearest(session, criteria, point, day, limit=limit)
    ids = {hit.location_id: hit.therapist_id for hit in hits}
    return [card | {"id": ids[card["location_id"]]} for card in finder.cards(session, hits, day)]
