"""When a licence lets a therapist be listed, and how far we may say it was checked. Pure rules."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FOREVER = date(9999, 12, 31)


class LicenceStatus(StrEnum):
    """One vocabulary for every board; the board's raw words are kept beside it."""

    ACTIVE = "active"
    ACTIVE_RESTRICTED = "active_restricted"
    INACTIVE = "inactive"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    SURRENDERED = "surrendered"
    RETIRED = "retired"
    DECEASED = "deceased"
    PENDING = "pending"
    UNKNOWN = "unknown"


MAY_PRACTISE = frozenset({LicenceStatus.ACTIVE, LicenceStatus.ACTIVE_RESTRICTED, LicenceStatus.UNKNOWN})
"""UNKNOWN: on record with the registry, and not known to be over (issue: self-reported level)."""


class CheckedHow(StrEnum):
    """How we know of a licence. Only the first two are a check with the board."""

    BOARD_ROSTER = "board_roster"
    ADMIN = "admin"
    REGISTRY = "registry"
    SELF = "self"


CHECKED_WITH_BOARD = frozenset({CheckedHow.BOARD_ROSTER, CheckedHow.ADMIN})
BARRED = frozenset({LicenceStatus.SUSPENDED, LicenceStatus.REVOKED, LicenceStatus.SURRENDERED, LicenceStatus.DECEASED})
"""What a board says of the person, not of one number."""


class Level(StrEnum):
    """The two honest levels that people see, and the one that hides a listing."""

    CHECKED = "checked"
    SELF_REPORTED = "self_reported"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class LicenceFacts:
    """What the rules need of a licence. `jurisdiction` is ISO 3166-2, such as US-TX."""

    jurisdiction: str
    number: str
    status: LicenceStatus
    expires_on: date | None
    checked_how: CheckedHow
    checked_on: date | None


def last_listed_day(licence: LicenceFacts) -> date | None:
    """The last day on which this licence allows a listing; None when it does not at all. Valid through its expiry date."""
    if licence.status not in MAY_PRACTISE or not licence.number.strip():
        return None
    return licence.expires_on or FOREVER


def level(licence: LicenceFacts, on: date) -> Level:
    """What may be said of the licence on a day."""
    last = last_listed_day(licence)
    if last is None or last < on:
        return Level.EXPIRED
    return Level.CHECKED if licence.checked_how in CHECKED_WITH_BOARD and licence.checked_on else Level.SELF_REPORTED


def licence_for(licences: Iterable[LicenceFacts], jurisdiction: str) -> LicenceFacts | None:
    """The licence under which a therapist may work at a location in `jurisdiction`: the longest, checked first.

    Whom the board there has barred is not listed by another number that only they vouch for.
    """
    here = [each for each in licences if each.jurisdiction == jurisdiction]
    if len(here) < 2:
        return next(filter(last_listed_day, here), None)
    checked = [each for each in here if each.checked_how in CHECKED_WITH_BOARD]
    trusted = checked if any(each.status in BARRED for each in checked) else here
    allowed = [each for each in trusted if last_listed_day(each)]
    return max(allowed, key=_preference, default=None)


def _preference(licence: LicenceFacts) -> tuple[date, bool, str]:
    checked = licence.checked_how in CHECKED_WITH_BOARD
    return (last_listed_day(licence) or date.min, checked, licence.number)
