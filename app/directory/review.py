"""What admins read of the directory: claims, licences, reports, imports. No patient and no visit is among it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import User
from app.core.errors import NotFound
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.imports.models import ImportRun
from app.directory.licences import CHECKED_WITH_BOARD
from app.directory.listing_models import ListingReport
from app.directory.matching import name_key
from app.directory.models import Licence, LicenceEvent, Therapist
from app.directory.queries import begins_a_name

_NEW_FILES = exists().where(LicenceEvidence.licence_id == Licence.id, LicenceEvidence.looked_at.is_(None))
_TO_CHECK = Therapist.claimed & (Licence.checked_how.not_in([str(each) for each in CHECKED_WITH_BOARD]) | _NEW_FILES)


class ClaimRow(NamedTuple):
    claim: Claim
    therapist: Therapist
    email: str
    name: str


class LicenceRow(NamedTuple):
    licence: Licence
    files: int


def licences_to_check(session: Session, q: str = "", state: str = "", limit: int = 100) -> list[LicenceRow]:
    """Licences of claimed listings that nobody has checked, or to which something was handed in since; that first.

    Only those where each word of `q` begins a name or is part of the number, and which are of `state` ("US-TX"), if said.
    """
    files = select(func.count()).where(LicenceEvidence.licence_id == Licence.id).scalar_subquery()
    query = select(Licence, files).join(Licence.therapist).where(*_wanted(q, state))
    query = query.options(joinedload(Licence.therapist)).order_by(_NEW_FILES.desc(), Licence.id)
    return [LicenceRow(*row) for row in session.execute(query.limit(limit))]


def count_to_check(session: Session, q: str = "", state: str = "") -> int:
    """How many `licences_to_check` there are."""
    query = select(func.count()).select_from(Licence).join(Licence.therapist)
    return session.scalar(query.where(*_wanted(q, state))) or 0


def _wanted(q: str, state: str) -> list[ColumnElement[bool]]:
    found = [_TO_CHECK, *map(_is_in_name_or_number, q.casefold().split()[:6])]
    return [*found, Licence.jurisdiction == state] if state else found


def _is_in_name_or_number(word: str) -> ColumnElement[bool]:
    """Numbers are compared as people read them out: MA 12-345 is ma12345."""
    named = [begins_a_name(word)]
    if key := name_key(word):
        named.append(Licence.name_key.startswith(key, autoescape=True))
    if signs := "".join(filter(str.isalnum, word)):
        number = func.lower(Licence.number)
        for between in " -./":
            number = func.replace(number, between, "")
        named.append(number.contains(signs, autoescape=True))
    return or_(*named)


def licence(session: Session, licence_id: int) -> Licence:
    found = session.get(Licence, licence_id, options=[joinedload(Licence.therapist)])
    if found is None:
        raise NotFound("There is no such licence.")
    return found


def evidence_of(session: Session, licence_id: int, by: str | None = None) -> list[LicenceEvidence]:
    """What was handed in beside a licence, without the content; with `by`, by that one alone."""
    query = select(LicenceEvidence).where(LicenceEvidence.licence_id == licence_id)
    query = query if by is None else query.where(LicenceEvidence.handed_in_by == by)
    return list(session.scalars(query.order_by(LicenceEvidence.id)))


def evidence_of_claims(session: Session, claim_ids: Iterable[int]) -> dict[int, list[LicenceEvidence]]:
    found: dict[int, list[LicenceEvidence]] = defaultdict(list)
    query = select(LicenceEvidence).where(LicenceEvidence.claim_id.in_(list(claim_ids))).order_by(LicenceEvidence.id)
    for row in session.scalars(query):
        found[row.claim_id or 0].append(row)
    return found


def open_claims(session: Session, limit: int = 100) -> list[ClaimRow]:
    """Claims that wait for an admin, oldest first."""
    query = (
        select(Claim, Therapist, User.email, User.name)
        .join(Therapist, Therapist.id == Claim.therapist_id)
        .join(User, User.id == Claim.user_id)
        .options(joinedload(Therapist.licences))
        .where(Claim.state == "waiting")
        .order_by(Claim.created_at)
        .limit(limit)
    )
    return [ClaimRow(*row) for row in session.execute(query).unique()]


def open_reports(session: Session, limit: int = 100) -> list[tuple[ListingReport, str, str]]:
    """(report, therapist's name, slug) of what visitors say is wrong, oldest first."""
    query = (
        select(ListingReport, Therapist.name, Therapist.slug)
        .join(Therapist, Therapist.id == ListingReport.therapist_id)
        .where(ListingReport.state == "open")
        .order_by(ListingReport.created_at)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def import_runs(session: Session, limit: int = 100) -> list[ImportRun]:
    return list(session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(limit)))


def licence_events(session: Session, limit: int = 100) -> list[tuple[LicenceEvent, str]]:
    """(event, "US-TX MT123") by whoever is a person or a file, newest first."""
    query = select(LicenceEvent, Licence.jurisdiction, Licence.number).join(Licence)
    rows = session.execute(query.order_by(LicenceEvent.id.desc()).limit(limit))
    return [(row[0], f"{row[1]} {row[2]}") for row in rows]


_WAITING = {
    "licences": select(func.count()).select_from(Licence).join(Licence.therapist).where(_TO_CHECK),
    "claims": select(func.count()).select_from(Claim).where(Claim.state == "waiting"),
    "reports": select(func.count()).select_from(ListingReport).where(ListingReport.state == "open"),
}


def waiting_count(session: Session, queue: str) -> int:
    """How many wait for an admin in a queue, of which a page shows the first; KeyError for another queue."""
    return session.scalar(_WAITING[queue]) or 0


def waiting_counts(session: Session) -> dict[str, int]:
    """How many licences, claims and reports wait for an admin."""
    return {queue: waiting_count(session, queue) for queue in _WAITING}
