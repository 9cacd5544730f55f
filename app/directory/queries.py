"""Reads of the directory: one therapist whole, and the lists that doors offer."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.accounts.queries import language_of
from app.core.errors import NotFound
from app.directory.catalogue import BY_ID, Specialty
from app.directory.licences import CheckedHow, Level, LicenceFacts, LicenceStatus, level, licence_for
from app.directory.listing_models import Listing
from app.directory.models import Licence, Location, Service, Therapist

PARTS = (Therapist.licences, Therapist.locations, Therapist.services, Therapist.specialties, Therapist.languages)
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")


@dataclass(frozen=True, slots=True)
class Profile:
    """A therapist as a visitor may see them. `licence` is the one for the first location, or the best there is."""

    therapist: Therapist
    licence: Licence | None
    level: Level
    locations: tuple[Location, ...]
    services: tuple[Service, ...]
    specialties: tuple[Specialty, ...]
    languages: tuple[str, ...]


def therapist_by_slug(session: Session, slug: str) -> Therapist:
    """NotFound for a slug that nobody has, or whose owner is hidden or gone from the registry."""
    if _SLUG.fullmatch(slug):
        found = session.scalars(select(Therapist).where(Therapist.slug == slug)).one_or_none()
        if found and not found.hidden and found.registry_active:
            return found
    raise NotFound("There is no such therapist here. They may have moved away or left the directory.")


def language_of_therapist(session: Session, therapist_id: int) -> str:
    """The language in which we write to whoever runs the practice."""
    return language_of(session, session.scalar(select(Therapist.user_id).where(Therapist.id == therapist_id)))


GONE = "gone-"
"""How the slug of a page begins whose therapist has erased the account: there is no such page any more."""


def own_therapist(session: Session, user_id: int) -> Therapist | None:
    """The therapist that an account runs."""
    return session.scalars(select(Therapist).where(Therapist.user_id == user_id)).one_or_none()


def own_practice(session: Session, user_id: int) -> Therapist | None:
    """The same with all its parts, in a fixed number of reads."""
    query = select(Therapist).where(Therapist.user_id == user_id).options(*map(selectinload, PARTS))
    return session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def claimable(session: Session, text: str, limit: int = 20) -> list[tuple[str, str, str]]:
    """(slug, name, town) of imported pages that are nobody's yet, by NPI, or by the words of a name in any order."""
    town = select(Location.city).where(Location.therapist_id == Therapist.id).order_by(Location.id).limit(1)
    query = select(Therapist.slug, Therapist.name, town.scalar_subquery()).where(
        Therapist.claimed.is_(False), Therapist.hidden.is_(False), Therapist.registry_active.is_(True)
    )
    if text.isdigit():
        query = query.where(Therapist.npi == text)
    else:
        query = query.where(*map(begins_a_name, text.casefold().replace(",", " ").split()[:6]))
    return [
        (slug, name, city or "") for slug, name, city in session.execute(query.order_by(Therapist.name).limit(limit))
    ]


def named(session: Session, text: str, on: date, *, among: Collection[int] | None = None, limit: int = 24) -> list[int]:
    """Who is listed on that day and has every word of `text` at the beginning of a name: their ids by name."""
    listed = select(Listing.therapist_id).where(Listing.listed_until >= on.toordinal())
    query = select(Therapist.id).where(Therapist.hidden.is_(False), Therapist.id.in_(listed))
    query = query.where(*map(begins_a_name, text.casefold().split()[:6]))
    if among is not None:
        query = query.where(Therapist.id.in_(among))
    return list(session.scalars(query.order_by(Therapist.name, Therapist.id).limit(limit)))


def place_labels(session: Session, therapist_id: int) -> dict[int, str]:
    """What a therapist's places are called: their name, else street or town."""
    query = select(Location.id, Location.name, Location.street, Location.city, Location.kind)
    rows = session.execute(query.where(Location.therapist_id == therapist_id).order_by(Location.id))
    return {row.id: row.name or row.street or row.city or f"#{row.id}" for row in rows}


def profile(session: Session, slug: str, on: date) -> Profile:
    """Everything a profile shows, in a fixed number of reads."""
    therapist = therapist_by_slug(session, slug)
    session.scalars(
        select(Therapist)
        .where(Therapist.id == therapist.id)
        .options(*(selectinload(part) for part in PARTS))
        .execution_options(populate_existing=True)
    ).one()
    locations = tuple(each for each in therapist.locations if each.active)
    licence = _licence(therapist, locations, on)
    return Profile(
        therapist=therapist,
        licence=licence,
        level=level(facts(licence), on) if licence else Level.EXPIRED,
        locations=locations,
        services=tuple(each for each in therapist.services if each.active),
        specialties=tuple(BY_ID[each.specialty_id] for each in therapist.specialties if each.specialty_id in BY_ID),
        languages=tuple(sorted(each.language for each in therapist.languages)),
    )


def facts(licence: Licence) -> LicenceFacts:
    """What the rules need of a licence's row."""
    return LicenceFacts(
        licence.jurisdiction,
        licence.number,
        LicenceStatus(licence.status),
        licence.expires_on,
        CheckedHow(licence.checked_how),
        licence.checked_on,
    )


def _licence(therapist: Therapist, locations: tuple[Location, ...], on: date) -> Licence | None:
    by_facts = {facts(each): each for each in therapist.licences}
    for location in locations:
        best = licence_for(by_facts, location.jurisdiction)
        if best and level(best, on) != Level.EXPIRED:
            return by_facts[best]
    return max(therapist.licences, key=lambda each: each.expires_on or date.max, default=None)


def listed_slugs(session: Session, on: date) -> Iterator[tuple[str, date | None]]:
    """(slug, day of the last change) of everybody claimed who is listed: what a sitemap names."""
    listed = select(Listing.therapist_id).where(Listing.listed_until >= on.toordinal())
    query = select(Therapist.slug, Therapist.confirmed_on).where(Therapist.claimed.is_(True), Therapist.id.in_(listed))
    for row in session.execute(query.order_by(Therapist.id)):
        yield row.slug, row.confirmed_on


def begins_a_name(word: str) -> ColumnElement[bool]:
    """Whether a therapist has a name that begins with a word in small letters."""
    names = (func.lower(Therapist.first_name), func.lower(Therapist.last_name), func.lower(Therapist.name))
    starts = [each.startswith(word, autoescape=True) for each in names]
    if not word.isascii():  # SQLite makes no Ñ small
        starts += [each.startswith(word.capitalize(), autoescape=True) for each in names]
    return or_(*starts, names[2].contains(f" {word}", autoescape=True))
