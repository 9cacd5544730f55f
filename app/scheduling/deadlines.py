"""By when things must happen. Pure arithmetic on aware instants."""

from datetime import datetime, timedelta
from typing import Final

HOLD: Final = timedelta(minutes=30)
"""How long a time waits for the guest to confirm the address."""

ANSWER_BEFORE_VISIT: Final = timedelta(hours=2)
OFFER: Final = timedelta(hours=2)
"""How long a freed time waits for one person of the waitlist."""
PROVE: Final = timedelta(days=3)
"""How long an entry of the waitlist is kept after the newest mail that asks whether the address is theirs."""
FORGOTTEN: Final = timedelta(days=30)
"""How long an entry of the waitlist is kept after the last of its days."""


UNPROVED_HOURS: Final = 12
"""How long a request keeps its time at most that came by telephone number alone: overnight, and no longer."""


def hours_to_accept(accept_hours: int, *, proved: bool) -> int:
    """How many hours a therapist has for an answer; `proved` says that the person showed the address to be theirs."""
    return accept_hours if proved else min(accept_hours, UNPROVED_HOURS)


def accept_by(now: datetime, starts_at: datetime, accept_hours: int = 24) -> datetime:
    """`accept_hours` from now or two hours before the visit, whichever is first; for a visit less than four hours away
    halfway to it instead of two hours before, if `accept_hours` are not over sooner.

    It is after `now` and before the visit. What is left then until the visit is two hours, or at least as long as there
    was for the answer (docs/decisions/answers-to-near-requests.md).
    """
    halfway = now + (starts_at - now) / 2
    return min(now + timedelta(hours=accept_hours), max(starts_at - ANSWER_BEFORE_VISIT, halfway))


def hold_until(now: datetime, starts_at: datetime) -> datetime:
    """Half an hour, and never past the visit."""
    return min(now + HOLD, starts_at)


def offer_until(now: datetime, starts_at: datetime) -> datetime:
    """Two hours, but no later than halfway to the visit."""
    return min(now + OFFER, now + (starts_at - now) / 2)


def prove_until(asked_at: datetime) -> datetime:
    """By when somebody who joined the waitlist must have confirmed the address."""
    return asked_at + PROVE


def before_cutoff(now: datetime, starts_at: datetime, cutoff_minutes: int) -> bool:
    """Whether a patient may still cancel or move the visit. Therapists are exempt."""
    return now <= starts_at - timedelta(minutes=cutoff_minutes)


def last_moment(now: datetime, starts_at: datetime, cutoff_minutes: int) -> datetime | None:
    """Until when a patient can still cancel or move an agreed visit; None once that is over."""
    last = starts_at - timedelta(minutes=cutoff_minutes)
    return last if last > now else None


REMINDERS: Final = {"24h": timedelta(hours=24), "2h": timedelta(hours=2)}


def reminders(now: datetime, starts_at: datetime) -> dict[str, datetime]:
    """When to remind, by name; a moment that has passed, or is within the hour, is left out."""
    moments = {name: starts_at - before for name, before in REMINDERS.items()}
    return {name: at for name, at in moments.items() if at > now + timedelta(hours=1)}


def still_reminds(name: str, now: datetime, starts_at: datetime) -> bool:
    """Whether a reminder that is late, because nothing could be sent, is still one: the visit has not begun, and the
    next reminder is not due as well."""
    nearer = [before for before in REMINDERS.values() if before < REMINDERS.get(name, timedelta(0))]
    return now < starts_at and not any(starts_at - before <= now for before in nearer)


def follow_up_at(ends_at: datetime) -> datetime:
    return ends_at + timedelta(hours=20)
