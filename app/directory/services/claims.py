"""Claiming an imported page: the registry's numbers name it, a code or an admin proves it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import language_of
from app.core.errors import Conflict, Invalid, NotFound
from app.core.tokens import new_code, same, token_hash
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.matching import number_keys
from app.directory.models import Licence, Therapist
from app.directory.roles import may_claim
from app.directory.services.owners import give_page, has_own
from app.notifications.outbox import Notice, enqueue

PURPOSE = "claim"
MOST_TRIES = 5
CODE_LASTS = timedelta(minutes=30)
MOST_STARTS = 3
"""Codes that a page's own address gets in a day, whoever asks."""
MOST_TRIES_A_DAY = 10
A_DAY = timedelta(days=1)
OPEN = ("code", "waiting")


def start_claim(
    session: Session, user_id: int, therapist_id: int, *, npi: str, licence_number: str, now: datetime
) -> Claim:
    """Claim a page with its NPI and licence number. A code goes to the page's own address; without one an admin decides.

    Both numbers are public, so they only name the page. Invalid when they are not its own.
    """
    therapist = _claimable(session, user_id, therapist_id)
    if not _is_of(session, therapist, npi, licence_number):
        raise Invalid(
            "These numbers are not the ones that the registry has for this page. Check both.",
            field="licence_number",
            code="claim-no-match",
        )
    _give_way(session, user_id, now)
    claim = Claim(
        therapist_id=therapist.id, user_id=user_id, state="waiting", npi=npi, licence_number=licence_number[:40],
        created_at=now,
    )  # fmt: skip
    session.add(claim)
    session.flush()
    if therapist.email and _may_send(session, therapist.id, now):
        _send_code(session, claim, therapist.email, now)
    return claim


def confirm_claim(session: Session, claim_id: int, user_id: int, code: str, now: datetime) -> Therapist | None:
    """The code that came by mail: the page is theirs. None for a wrong one, which is counted: five tries at most."""
    claim = own_claim(session, claim_id, user_id)
    if claim.state != "code" or claim.code_until is None or claim.code_until <= now or claim.code_tries >= MOST_TRIES:
        raise Conflict("This code has ended. Send what shows that it is you instead.", code="code-ended")
    claim.code_tries += 1
    if not same(claim.code_hash or "", _code_hash(claim.id, "".join(code.split()))):
        return None
    return _grant(session, claim, "code", now)


def ask_for_decision(session: Session, claim_id: int, user_id: int, evidence: str) -> None:
    """Leave the decision to an admin, with words on how they can see that it is you."""
    claim = own_claim(session, claim_id, user_id)
    if claim.state not in OPEN:
        raise Conflict("This claim is decided.", code="claim-decided")
    if not evidence.strip():
        raise Invalid("Say how we can see that it is you.", field="evidence", code="evidence-needed")
    claim.state, claim.evidence, claim.code_hash = "waiting", evidence.strip()[:2000], None


def decide_claim(session: Session, claim_id: int, *, granted: bool, by: str, reason: str, now: datetime) -> Claim:
    """An admin's decision, with its reason; the person gets a mail."""
    claim = session.get(Claim, claim_id, with_for_update=True)
    if claim is None:
        raise NotFound("There is no such claim.")
    if claim.state not in OPEN:
        raise Conflict("This claim is decided.", code="claim-decided")
    if not reason.strip():
        raise Invalid("Give a reason.", field="reason", code="reason-needed")
    claim.reason = reason.strip()[:300]
    if granted:
        _grant(session, claim, by, now)
    else:
        _decide(session, claim, "refused", by, now)
    facts = {"claim": claim.id}
    enqueue(session, [Notice(f"claim:{claim.id}:decided", "directory.claim_decided", f"claim:{claim.id}", facts, now)])
    return claim


def own_claim(session: Session, claim_id: int, user_id: int) -> Claim:
    """A person's own claim; another's does not exist for them."""
    claim = session.get(Claim, claim_id, with_for_update=True)
    if claim is None or claim.user_id != user_id:
        raise NotFound("There is no such claim.")
    return claim


def open_claim(session: Session, user_id: int) -> Claim | None:
    """The claim of a person that is not decided yet: there is one at a time."""
    query = select(Claim).where(Claim.user_id == user_id, Claim.state.in_(OPEN)).order_by(Claim.id.desc())
    return session.scalars(query).first()


def _claimable(session: Session, user_id: int, therapist_id: int) -> Therapist:
    therapist = session.get(Therapist, therapist_id, with_for_update=True)
    if therapist is None or therapist.hidden:
        raise NotFound("There is no such therapist.")
    if not may_claim(claimed=therapist.claimed, owner_id=therapist.user_id, has_own=has_own(session, user_id)):
        raise Conflict("This page cannot be claimed: it is somebody's, or you have one already.", code="not-claimable")
    return therapist


def _is_of(session: Session, therapist: Therapist, npi: str, licence_number: str) -> bool:
    numbers = session.scalars(select(Licence.number).where(Licence.therapist_id == therapist.id))
    wanted = number_keys(licence_number)
    return bool(therapist.npi) and therapist.npi == npi and any(wanted & number_keys(each) for each in numbers)


def _give_way(session: Session, user_id: int, now: datetime) -> None:
    """One claim at a time: an earlier one that is still open gives way. It stays on record: its tries count."""
    query = select(Claim).where(Claim.user_id == user_id, Claim.state.in_(OPEN))
    for each in session.scalars(query):
        _decide(session, each, "refused", "superseded", now)
    session.flush()


def _may_send(session: Session, therapist_id: int, now: datetime) -> bool:
    """Whether one more code may go out: starting again and again must not be a way to guess. An admin decides then."""
    query = select(func.count(), func.coalesce(func.sum(Claim.code_tries), 0)).where(
        Claim.therapist_id == therapist_id, Claim.created_at > now - A_DAY, Claim.code_until.is_not(None)
    )
    starts, tries = session.execute(query).one()
    return bool(starts < MOST_STARTS and tries < MOST_TRIES_A_DAY)


def _send_code(session: Session, claim: Claim, email: str, now: datetime) -> None:
    code = new_code()
    claim.state, claim.code_hash, claim.code_until = "code", _code_hash(claim.id, code), now + CODE_LASTS
    facts = {"to": email, "code": code, "language": language_of(session, claim.user_id)}
    enqueue(
        session,
        [Notice(f"claim:{claim.id}:code:{now.isoformat()}", "directory.claim_code", f"claim:{claim.id}", facts, now)],
    )


def _code_hash(claim_id: int, code: str) -> str:
    return token_hash(f"{PURPOSE}:{claim_id}", code)


def _grant(session: Session, claim: Claim, by: str, now: datetime) -> Therapist:
    therapist = session.get_one(Therapist, claim.therapist_id, with_for_update=True)
    give_page(session, therapist, claim.user_id, now.date())
    _decide(session, claim, "granted", by, now)
    return therapist


def _decide(session: Session, claim: Claim, state: str, by: str, now: datetime) -> None:
    """Close a claim. What was handed in to a refused one has served and goes."""
    claim.state, claim.decided_by, claim.decided_at, claim.code_hash = state, by[:120], now, None
    if state == "refused":
        session.execute(delete(LicenceEvidence).where(LicenceEvidence.claim_id == claim.id))


def address_of(session: Session, claim: Claim) -> str | None:
    """Whom the decision is mailed to."""
    return session.scalar(select(User.email).where(User.id == claim.user_id))
