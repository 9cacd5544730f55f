"""Therapists for a referral: the shortlist, or who is near, each with the next times. A fixed number of reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory.listing import listing_day
from app.finder import queries as finder
from app.finder.criteria import SearchCriteria
from app.referrals.queries import Shortlisted
from app.scheduling.queries import Window, next_times
from app.web.finder.results import cards as shown
from app.web.scheduling.asking import book_url
from app.web.scheduling.words import local

AHEAD = timedelta(days=60)
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
    found = [(hit.location_id, card[0]) for hit, card in _with_cards(session, hits)]
    return with_times(session, found, criteria), criteria


def _with_cards(session: Session, hits: list[finder.Hit]) -> list[tuple[finder.Hit, list[dict[str, Any]]]]:
    """Hits with their cards; a hit whose card has just gone is left out."""
    cards = finder.cards(session, hits)
    if len(cards) == len(hits):
        return [(hit, [card]) for hit, card in zip(hits, cards, strict=True)]
    pairs = [(hit, finder.cards(session, [hit])) for hit in hits]
    return [(hit, card) for hit, card in pairs if card]


def of_shortlist(session: Session, people: Iterable[Shortlisted], criteria: SearchCriteria) -> list[dict[str, Any]]:
    listed = [
        (each.location_id, each.card) for each in people if each.card is not None and each.location_id is not None
    ]
    return with_times(session, listed, criteria)


def with_times(
    session: Session, found: Sequence[tuple[int, Mapping[str, Any]]], criteria: SearchCriteria
) -> list[dict[str, Any]]:
    """Cards made ready, with the next three times as links into the booking."""
    moment = now()
    times = next_times(session, [place for place, _ in found], Window(moment, moment + AHEAD), moment) if found else {}
    ready = shown([card for _, card in found], criteria)
    for (place, card), made in zip(found, ready, strict=True):
        free = times.get(place)
        made["next_times"] = [] if free is None else [
            {
                "starts_at": local(at, free.time_zone),
                "url": book_url(card["slug"], free.service_id, place, at),
            }
            for at in free.starts
        ]  # fmt: skip
    return ready


def people_near(
    session: Session, criteria: SearchCriteria, point: tuple[float, float], limit: int = MOST
) -> list[dict[str, Any]]:
    """The nearest to choose from, each card with the therapist's `id`."""
    hits = finder.nearest(session, criteria, point, listing_day(now()), limit=limit)
    return [card[0] | {"id": hit.therapist_id} for hit, card in _with_cards(session, hits)]
