"""Who did something, as the histories keep it: a role and an account's number, never a name or an address."""

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User

ERASED = "erased account"
_NUMBER = re.compile(r"user:(\d+)")


def actor(role: str, user_id: int) -> str:
    """ "admin user:12"; `role` says in which capacity they acted."""
    return f"{role} user:{user_id}"


def acts_of(user_id: int) -> tuple[str, ...]:
    """Every way in which an account may stand in a history."""
    return tuple(actor(role, user_id) for role in ("admin", "editor", "therapist", "claimant"))


def names_of(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """What to show for each of the actors that is an account here: its address now."""
    numbers = {each: int(found[1]) for each in actors if (found := _NUMBER.search(each))}
    query = select(User.id, User.email).where(User.id.in_(set(numbers.values())))
    emails = {row.id: row.email for row in session.execute(query)} if numbers else {}
    return {each: emails[number] for each, number in numbers.items() if number in emails}
