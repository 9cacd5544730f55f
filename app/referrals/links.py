"""When a referral's link works, and why not. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Standing = Literal["works", "revoked", "expired", "unverified"]

DEFAULT_DAYS: Final = 90
MOST_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """`doctor_active`: the account is there and not locked."""

    doctor_state: str
    doctor_active: bool
    revoked_at: datetime | None
    valid_until: datetime | None


def standing(link: LinkFacts, now: datetime) -> Standing:
    """Whether a link works at an instant. What is over stays over, whoever the doctor is."""
    if link.revoked_at is not None or link.doctor_state == "refused" or not link.doctor_active:
        return "revoked"
    if link.valid_until is not None and link.valid_until <= now:
        return "expired"
    return "works" if link.doctor_state == "verified" else "unverified"


def valid_until(now: datetime, days: int = DEFAULT_DAYS) -> datetime:
    return now + timedelta(days=days)
