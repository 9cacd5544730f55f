"""An account and its therapist: made from nothing, or an imported page that becomes somebody's."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.roles import THERAPIST
from app.accounts.services import give_role
from app.core.errors import Conflict
from app.directory.listing_services import refresh_listings
from app.directory.models import Therapist
from app.directory.roles import may_claim
from app.directory.services.therapists import create_therapist


def become_therapist(session: Session, user_id: int, facts: Mapping[str, Any]) -> Therapist:
    """A page for somebody who has none: theirs from the first moment; listed with a licence and a place."""
    user = session.get_one(User, user_id, with_for_update=True)
    if has_own(session, user_id):
        raise Conflict("You have a practice here already.", code="practice-exists")
    row = create_therapist(session, {"email": user.email, **facts})
    row.user_id = user.id
    give_role(session, user, THERAPIST)
    session.flush()
    return row


def give_page(session: Session, therapist: Therapist, user_id: int, on: date) -> None:
    """An imported page becomes a person's; Conflict when it is somebody's, or when they have one."""
    user = session.get_one(User, user_id, with_for_update=True)
    own = has_own(session, user_id)
    if not may_claim(claimed=therapist.claimed, owner_id=therapist.user_id, has_own=own):
        raise Conflict("This page cannot be claimed: it is somebody's, or you have one already.", code="not-claimable")
    therapist.user_id, therapist.claimed, therapist.confirmed_on = user.id, True, on
    therapist.email = therapist.email or user.email
    therapist.version += 1
    give_role(session, user, THERAPIST)
    refresh_listings(session, [therapist.id])


def has_own(session: Session, user_id: int) -> bool:
    return session.scalar(select(Therapist.id).where(Therapist.user_id == user_id)) is not None
