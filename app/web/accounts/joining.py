"""What happens when an address is confirmed: features give the person what was waiting for that address."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from app.accounts.models import User

Joined = Callable[[Session, User], None]

ON_CONFIRMED: list[Joined] = []
"""One line a feature, in the transaction of the confirmation. Never called for an address that is not proved."""


def joined(session: Session, user: User) -> None:
    for welcome in ON_CONFIRMED:
        welcome(session, user)
