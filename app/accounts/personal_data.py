"""What an account holds about its person."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.actors import ERASED, acts_of
from app.accounts.admin_models import AdminEvent
from app.accounts.models import User


def export(_session: Session, user: User) -> dict[str, Any]:
    """Everything but secrets (password hash, authenticator key, recovery codes)."""
    return {
        "email": user.email,
        "name": user.name,
        "language": user.language,
        "roles": sorted(user.role_names),
        "created_at": user.created_at,
        "confirmed_at": user.confirmed_at,
        "second_factor": user.tf_primary_method,
        "passkeys": [{"name": key.name, "created_at": key.create_datetime} for key in user.webauthn],
        "devices": [
            {"device": each.device, "since": each.created_at, "last_seen": each.seen_at} for each in user.sessions
        ],
    }


def erase(session: Session, user: User) -> None:
    """The history of admins' acts stays, without saying whose they were, or whom they were about."""
    by = update(AdminEvent).where(AdminEvent.actor.in_(acts_of(user.id))).values(actor=ERASED)
    about = update(AdminEvent).where(AdminEvent.subject == f"user:{user.id}").values(subject=ERASED, words="")
    for change in (by, about):
        session.execute(change, execution_options={"synchronize_session": False})
    session.delete(user)
    session.flush()
