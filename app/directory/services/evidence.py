"""Taking in evidence: pictures are drawn anew, PDFs are kept shut, everything else is refused."""

import base64
from datetime import datetime
from typing import NamedTuple

from PIL import Image
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.core.errors import Conflict, NotFound
from app.core.texts import N_
from app.directory.evidence_models import LicenceEvidence
from app.directory.models import Licence, LicenceEvent
from app.directory.pictures import Wanted, drawn_anew

MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 6
"""Beside one licence or claim, of those that nobody has looked at."""
SIDE = 3000
PDF, JPEG = "application/pdf", "image/jpeg"
EVIDENCE = Wanted("file", "evidence", other_kind=N_("That is neither a picture (JPEG, PNG, WebP) nor a PDF."))


class Fit(NamedTuple):
    """A file as it is kept: its content type and its bytes."""

    kind: str
    content: bytes


def add_evidence(session: Session, licence_id: int, file: Fit, by: str) -> LicenceEvidence:
    """Keep a file beside a licence."""
    licence = session.get(Licence, licence_id, with_for_update=True)
    if licence is None:
        raise NotFound("There is no such licence.")
    row = _keep(session, LicenceEvidence(licence_id=licence_id), LicenceEvidence.licence_id == licence_id, file, by)
    _note(session, licence, by, N_("A file was handed in."))
    return row


def add_claim_evidence(session: Session, claim_id: int, file: Fit, by: str) -> LicenceEvidence:
    """The same beside a claim, which the caller has looked up with its owner."""
    return _keep(session, LicenceEvidence(claim_id=claim_id), LicenceEvidence.claim_id == claim_id, file, by)


def withdraw_evidence(session: Session, licence_id: int, evidence_id: int, by: str) -> None:
    """Whoever handed a file in takes it back; NotFound for another's, Conflict once it was decided by."""
    row = handed_in(session, licence_id, evidence_id, by)
    if row.looked_at is not None:
        raise Conflict("Somebody has decided by this file, so it stays on record.", code="decided-by")
    session.delete(row)
    _note(session, session.get_one(Licence, licence_id), by, "A file was taken back.")


def handed_in(session: Session, licence_id: int, evidence_id: int, by: str) -> LicenceEvidence:
    """A file beside a licence by the one who handed it in; another's does not exist for them."""
    row = session.get(LicenceEvidence, evidence_id)
    if row is None or row.licence_id != licence_id or row.handed_in_by != by:
        raise NotFound("There is no such file.")
    return row


def mark_looked_at(session: Session, now: datetime, *, licence_id: int) -> None:
    """An admin has decided with what was handed in so far."""
    session.execute(
        update(LicenceEvidence)
        .where(LicenceEvidence.licence_id == licence_id, LicenceEvidence.looked_at.is_(None))
        .values(looked_at=now)
    )


def content_of(session: Session, evidence_id: int) -> Fit:
    row = session.get(LicenceEvidence, evidence_id)
    if row is None:
        raise NotFound("There is no such file.")
    return Fit(row.kind, base64.b64decode(row.content))


def fit_to_keep(content: bytes) -> Fit:
    """Invalid for what is no picture and no PDF, whatever its name says: what a file is, its first bytes say.

    A large picture takes seconds: call it before the transaction, or everybody else's changes wait for it.
    """
    if len(content) > MOST_BYTES:
        raise EVIDENCE.refused(N_("That file is larger than 5 MB. Choose a smaller one."), "large")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise EVIDENCE.refused(N_("That PDF is cut off. Save it anew and try again."), "broken")
        return Fit(PDF, content)
    return Fit(JPEG, drawn_anew(content, EVIDENCE, (SIDE, SIDE), _smaller, quality=85))


def _keep(
    session: Session, row: LicenceEvidence, same_subject: ColumnElement[bool], file: Fit, by: str
) -> LicenceEvidence:
    waiting = select(func.count()).where(same_subject, LicenceEvidence.looked_at.is_(None))
    if (session.scalar(waiting) or 0) >= MOST_FILES:
        raise Conflict("Six files wait for us already. Take one back first.", code="too-many-files")
    row.kind, row.size, row.handed_in_by = file.kind, len(file.content), by[:120]
    row.content = base64.b64encode(file.content).decode()
    session.add(row)
    session.flush()
    return row


def _note(session: Session, licence: Licence, by: str, words: str) -> None:
    session.add(
        LicenceEvent(
            licence_id=licence.id, actor=by[:120], old_status=licence.status, new_status=licence.status,
            expires_on=licence.expires_on, checked_how=licence.checked_how, words=words,
        )
    )  # fmt: skip


def _smaller(image: Image.Image) -> Image.Image:
    image.thumbnail((SIDE, SIDE))
    return image
