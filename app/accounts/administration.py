"""What admins may do with accounts. Each act leaves an `AdminEvent`."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.actors import actor
from app.accounts.admin_models import AdminEvent
from app.accounts.models import User
from app.accounts.roles import ADMIN, PATIENT, ROLES
from app.accounts.services import end_all_sign_ins, give_role
from app.core.errors import Conflict, Invalid, NotFound
from app.core.tokens import new_token


def note_act(session: Session, by: str, action: str, subject: str, words: str = "") -> None:
    session.add(AdminEvent(actor=by, action=action, subject=subject, words=words[:300]))


def set_role(session: Session, admin: User, user_id: int, role: str, *, given: bool) -> None:
    """Give or take a role. Nobody takes their own admin role: the last one could not come back."""
    user = _user(session, user_id)
    if role not in ROLES or role == PATIENT:
        raise Invalid("There is no such role to give.", field="role")
    if not given and role == ADMIN and user.id == admin.id:
        raise Conflict("You cannot take your own admin role. Ask another admin.", code="own-role")
    if given:
        give_role(session, user, role)
    else:
        user.roles = [each for each in user.roles if each.name != role]
    note_act(session, actor(ADMIN, admin.id), "role-given" if given else "role-taken", f"user:{user.id}", role)


def set_active(session: Session, admin: User, user_id: int, *, active: bool, reason: str) -> None:
    """Close an account, which signs it out everywhere, or open it again."""
    user = _user(session, user_id)
    if user.id == admin.id:
        raise Conflict("You cannot close your own account here.", code="own-account")
    if not reason.strip():
        raise Invalid("Give a reason.", field="reason", code="reason-needed")
    user.active = active
    if not active:
        end_all_sign_ins(session, user.id)
        user.fs_uniquifier = new_token()
    note_act(session, actor(ADMIN, admin.id), "opened" if active else "closed", f"user:{user.id}", reason.strip())


def find_users(session: Session, words: str, limit: int = 50) -> list[User]:
    """Accounts whose address or name holds the words, newest first."""
    query = select(User).order_by(User.id.desc()).limit(limit)
    if words.strip():
        like = f"%{words.strip().lower().replace('%', '')}%"
        query = query.where(or_(func.lower(User.email).like(like), func.lower(User.name).like(like)))
    return list(session.scalars(query))


def acts(session: Session, limit: int = 100) -> list[AdminEvent]:
    return list(session.scalars(select(AdminEvent).order_by(AdminEvent.id.desc()).limit(limit)))


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user
