"""Writing a board's findings onto the licences we hold, through the one function that changes a licence."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import today
from app.directory.imports.boards import Board
from app.directory.imports.roster_scan import Finding, Ours
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.models import Licence
from app.directory.services import LicenceChange, verify_licences

OUTCOMES = ("confirmed", "changed", "not_understood")


def licences_of(session: Session, jurisdiction: str) -> list[Ours]:
    """Every licence that we hold in a jurisdiction."""
    columns = (Licence.id, Licence.therapist_id, Licence.number, Licence.name_key)
    return [Ours(*row) for row in session.execute(select(*columns).where(Licence.jurisdiction == jurisdiction))]


def apply(
    session: Session, findings: Sequence[Finding], board: Board, file_name: str, actor: str, *, dry_run: bool
) -> Counter[str]:
    """Write a batch; how many licences the board confirmed, changed, or said something of that we do not understand."""
    held = _held(session, [each.licence_id for each in findings])
    counts = Counter(dict.fromkeys(OUTCOMES, 0))
    changes: list[tuple[int, LicenceChange]] = []
    for each in findings:
        change = _change(each)
        old = held[each.licence_id]
        news = (old.status, old.expires_on, old.checked_how) != (change.status, change.expires_on, change.checked_how)
        understood = change.status is not LicenceStatus.UNKNOWN
        counts["not_understood" if not understood else "changed" if news else "confirmed"] += 1
        changes.append((each.licence_id, change))
    if not dry_run:
        _name_the_issuer(session, findings, board, held.values())
        verify_licences(session, changes, actor=f"{actor}: {board.jurisdiction} roster {file_name}")
    return counts


def _change(finding: Finding) -> LicenceChange:
    """A word that nobody has explained yet is no check with the board."""
    status = LicenceStatus(finding.status)
    understood = status is not LicenceStatus.UNKNOWN
    return LicenceChange(
        status=status,
        checked_how=CheckedHow.BOARD_ROSTER if understood else CheckedHow.REGISTRY,
        checked_on=today() if understood else None,
        expires_on=finding.expires_on,
        words=finding.words,
    )


def _held(session: Session, ids: list[int]) -> dict[int, Licence]:
    return {each.id: each for each in session.scalars(select(Licence).where(Licence.id.in_(ids)))}


def _name_the_issuer(session: Session, findings: Sequence[Finding], board: Board, held: Iterable[Licence]) -> None:
    issued = {each.licence_id: each.issued_on for each in findings}
    rows = [
        {"id": each.id, "issuer": board.name, "issued_on": issued[each.id] or each.issued_on}
        for each in held
        if each.issuer != board.name or (issued[each.id] and each.issued_on != issued[each.id])
    ]
    session.expunge_all()
    if rows:
        session.execute(update(Licence), rows)
