"""Roles that open other people's affairs: they count only after a recent sign-in with a second factor. Pure.

NIST SP 800-63B-4 §2.2 (AAL2): two factors, and the sign-in is asked for again after a working day.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from app.accounts.roles import ADMIN, EDITOR

GUARDED = frozenset({ADMIN, EDITOR})
FRESH_FOR = timedelta(hours=12)


class Step(StrEnum):
    """What a person has to do before their guarded roles count here."""

    SET_UP = "set-up"
    SIGN_IN = "sign-in"
    PASSWORD = "password"  # noqa: S105


def step_before(*, has_factor: bool, proved: bool, signed_in_at: datetime | None, now: datetime) -> Step | None:
    """The next step; None when there is none left.

    `has_factor`: the account has an app's codes or a passkey; `proved`: this very sign-in used one, or set up the first.
    """
    if not proved:
        return Step.SIGN_IN if has_factor else Step.SET_UP
    fresh = signed_in_at is not None and now - FRESH_FOR < signed_in_at
    return None if fresh else Step.PASSWORD
