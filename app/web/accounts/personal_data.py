"""What each feature holds about a person: told whole on request, and erased on request. One line a feature."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from app.accounts import personal_data as accounts
from app.accounts.models import User
from app.articles import personal_data as articles
from app.directory import personal_data as directory
from app.referrals import personal_data as referrals
from app.scheduling import personal_data as scheduling

Export = Callable[[Session, User], Any]
Erase = Callable[[Session, User], None]
WhatStays = Callable[[Session, User], list[str]]

EXPORTS: dict[str, Export] = {
    "account": accounts.export,
    "practice": directory.export,
    "visits": scheduling.export,
    "referrals": referrals.export,
}
ERASERS: tuple[Erase, ...] = (referrals.erase, articles.erase, scheduling.erase, directory.erase, accounts.erase)
"""In this order; the account itself goes last."""
STAYING: tuple[WhatStays, ...] = (scheduling.what_stays,)


def export(session: Session, user: User) -> dict[str, Any]:
    """All of it. Needs a transaction: reads of what is sealed are recorded."""
    return {name: tell(session, user) for name, tell in EXPORTS.items()}


def what_stays(session: Session, user: User) -> list[str]:
    """Sentences on what must stay for others, without the person's name."""
    return [sentence for tell in STAYING for sentence in tell(session, user)]


def erase(session: Session, user_id: int) -> None:
    user = session.get_one(User, user_id)
    for forget in ERASERS:
        forget(session, user)
