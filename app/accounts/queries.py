"""Reads of accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.lifetimes import lifetime
from app.accounts.models import SignIn, User
from app.accounts.services import PURPOSE
from app.core import clock
from app.core.catalogues import ENGLISH
from app.core.tokens import looks_like_token, token_hash


@dataclass(frozen=True, slots=True)
class Device:
    """One line of the list of devices; `here` is the one that is asking."""

    id: int
    device: str
    created_at: datetime
    seen_at: datetime
    here: bool


def user_by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def language_of(session: Session, user_id: int | None) -> str:
    """The language in which we write to an account; English to nobody's."""
    return session.scalar(select(User.language).where(User.id == user_id)) or ENGLISH


class Here(NamedTuple):
    """The sign-in that is asking."""

    id: int
    seen_at: datetime
    second_factor: bool


def sign_in_of(session: Session, key: object, user_id: int, *, kept: bool) -> Here | None:
    """The sign-in that a cookie's key stands for; None when it was ended, or is over. `kept`: as its owner chose."""
    if not looks_like_token(key):
        return None
    lasts, now = lifetime(kept=kept), clock.now()
    row = session.execute(
        select(SignIn.id, SignIn.seen_at, SignIn.second_factor).where(
            SignIn.key_hash == token_hash(PURPOSE, str(key)),
            SignIn.user_id == user_id,
            SignIn.seen_at > now - lasts.idle,
            SignIn.created_at > now - lasts.in_all,
        )
    ).first()
    return None if row is None else Here(*row)


def devices(session: Session, user_id: int, key: object) -> list[Device]:
    here = token_hash(PURPOSE, str(key))
    rows = session.scalars(select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.seen_at.desc()))
    return [Device(row.id, row.device, row.created_at, row.seen_at, row.key_hash == here) for row in rows]
