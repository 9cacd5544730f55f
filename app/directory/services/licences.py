"""The one way in which a licence changes: by hand, by a roster, by the registry, by its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.core.bulk import chunks
from app.core.clock import now
from app.core.errors import NotFound
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.listing_services import refresh_listings
from app.directory.models import Licence, LicenceEvent
from app.directory.services.evidence import mark_looked_at

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """What somebody now says of a licence. `words` are the source's own, such as the board's raw status."""

    status: LicenceStatus
    checked_how: CheckedHow
    checked_on: date | None
    expires_on: date | None = None
    words: str = ""


def verify_licence(session: Session, licence_id: int, change: LicenceChange, *, actor: str) -> bool:
    """Record what is now known of a licence and put the listing right; whether that was news.

    NotFound when there is no such licence.
    """
    if session.get(Licence, licence_id) is None:
        raise NotFound("There is no such licence.")
    mark_looked_at(session, now(), licence_id=licence_id)
    return verify_licences(session, [(licence_id, change)], actor=actor) > 0


def verify_licences(session: Session, changes: Sequence[tuple[int, LicenceChange]], *, actor: str) -> int:
    """The same for many, such as a roster's: set-based; the number whose status, expiry or way of checking changed.

    A check that only confirms moves `checked_on` and writes no event; unknown ids are passed over.
    """
    session.flush()
    return sum(_verify(session, part, actor) for part in chunks(changes, CHUNK))


def _verify(session: Session, changes: list[tuple[int, LicenceChange]], actor: str) -> int:
    columns = (Licence.id, Licence.therapist_id, Licence.status, Licence.expires_on, Licence.checked_how)
    extra = (Licence.checked_on, Licence.status_raw)
    ids = [licence_id for licence_id, _ in changes]
    known = {row[0]: row for row in session.execute(select(*columns, *extra).where(Licence.id.in_(ids)))}
    rows, events, touched = [], [], set()
    for licence_id, change in changes:
        old = known.get(licence_id)
        if old is None:
            continue
        row = _row(licence_id, change)
        if tuple(old[2:]) == tuple(row.values())[1:]:
            continue
        rows.append(row)
        touched.add(old.therapist_id)
        if tuple(old[2:5]) != (change.status.value, change.expires_on, change.checked_how.value):
            events.append(_event(licence_id, old.status, change, actor))
    if rows:
        session.execute(update(Licence), rows)
    if events:
        session.execute(insert(LicenceEvent), events)
    refresh_listings(session, touched)
    return len(events)


def _row(licence_id: int, change: LicenceChange) -> dict[str, object]:
    return {
        "id": licence_id,
        "status": change.status.value,
        "expires_on": change.expires_on,
        "checked_how": change.checked_how.value,
        "checked_on": change.checked_on,
        "status_raw": change.words[:200],
    }


def _event(licence_id: int, old_status: str, change: LicenceChange, actor: str) -> dict[str, object]:
    return {
        "licence_id": licence_id,
        "at": now(),
        "actor": actor[:120],
        "old_status": old_status,
        "new_status": change.status.value,
        "expires_on": change.expires_on,
        "checked_how": change.checked_how.value,
        "words": change.words[:300],
    }
