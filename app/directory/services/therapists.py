"""Therapists come, change and go."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid, NotFound
from app.directory.listing_services import refresh_listings
from app.directory.models import Therapist, TherapistLanguage, TherapistSpecialty

EDITABLE = frozenset(
    [
        "first_name",
        "last_name",
        "name",
        "credentials",
        "gender",
        "bio",
        "photo",
        "phone",
        "email",
        "website",
        "practising_since",
        "booking_mode",
        "currency",
        "confirmed_on",
        "hidden",
    ]
)
"""What its owner may change of a therapist's own row; everything else has a service of its own."""


def slug_for(session: Session, name: str) -> str:
    """A free slug from a name: `ann-lee`, then `ann-lee-2`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:70] or "therapist"
    taken = set(session.scalars(select(Therapist.slug).where(Therapist.slug.startswith(base))))
    if base not in taken:
        return base
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


def create_therapist(session: Session, facts: Mapping[str, Any]) -> Therapist:
    """A claimed therapist from what a person says of themselves; not listed until licence and location are there."""
    _allow(facts)
    if not str(facts.get("last_name", "")).strip():
        raise Invalid("Tell us the name on the licence.", field="last_name")
    name = facts.get("name") or f"{facts.get('first_name', '')} {facts['last_name']}".strip()
    row = Therapist(**{**facts, "name": name, "slug": slug_for(session, name), "claimed": True, "origin": "self"})
    session.add(row)
    session.flush()
    refresh_listings(session, [row.id])
    return row


def update_therapist(session: Session, therapist_id: int, version: int, changes: Mapping[str, Any]) -> Therapist:
    """Change a therapist's own facts. Conflict when somebody else changed them since `version` was read."""
    _allow(changes)
    row = _row(session, therapist_id)
    if row.version != version:
        raise Conflict("This was changed in another window meanwhile. Look at it again.", code="stale")
    for name, value in changes.items():
        setattr(row, name, value)
    row.version += 1
    session.flush()
    refresh_listings(session, [row.id])
    return row


def set_specialties(
    session: Session, therapist_id: int, specialty_ids: Iterable[int], years: Mapping[int, int | None] | None = None
) -> None:
    """Replace what a therapist works on, with the years of experience where they are said."""
    lock_therapist(session, therapist_id)
    known = years or {}
    _replace(
        session,
        TherapistSpecialty,
        therapist_id,
        [{"specialty_id": each, "years": known.get(each)} for each in sorted(set(specialty_ids))],
    )
    refresh_listings(session, [therapist_id])


def set_languages(session: Session, therapist_id: int, codes: Iterable[str]) -> None:
    """Replace the languages a therapist speaks."""
    lock_therapist(session, therapist_id)
    _replace(session, TherapistLanguage, therapist_id, [{"language": each} for each in sorted(set(codes))])
    refresh_listings(session, [therapist_id])


def lock_therapist(session: Session, therapist_id: int) -> None:
    """Take the therapist's row until the transaction ends (PostgreSQL; SQLite has one writer anyway).

    Listings are written anew from what was read of them: what others write of the same therapist's must wait.
    """
    session.execute(select(Therapist.id).where(Therapist.id == therapist_id).with_for_update())


def remove_therapist(session: Session, therapist_id: int) -> None:
    """Delete a therapist with all their parts, listings first."""
    row = _row(session, therapist_id)
    row.hidden = True
    refresh_listings(session, [therapist_id])
    session.delete(row)
    session.flush()


def _replace(
    session: Session,
    table: type[TherapistSpecialty] | type[TherapistLanguage],
    therapist_id: int,
    rows: list[dict[str, Any]],
) -> None:
    session.execute(
        delete(table).where(table.therapist_id == therapist_id), execution_options={"synchronize_session": False}
    )
    if rows:
        session.execute(insert(table), [{"therapist_id": therapist_id, **row} for row in rows])


def _row(session: Session, therapist_id: int) -> Therapist:
    row = session.get(Therapist, therapist_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such therapist.")
    return row


def _allow(facts: Mapping[str, Any]) -> None:
    if unknown := set(facts) - EDITABLE:
        raise Invalid("Not to be set here: %(names)s.", values={"names": ", ".join(sorted(unknown))})
