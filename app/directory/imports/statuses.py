"""What boards' words for a licence's state mean. One vocabulary; a board adds its own words in its mapping."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from app.directory.licences import LicenceStatus as S

STRICTNESS = (
    S.ACTIVE, S.ACTIVE_RESTRICTED, S.PENDING, S.INACTIVE, S.EXPIRED, S.RETIRED, S.SURRENDERED, S.SUSPENDED, S.REVOKED,
    S.DECEASED,
)  # fmt: skip
"""When two columns disagree (clear, but inactive), the later in this list holds."""

COMMON: Mapping[str, S] = {
    "active*with*condition*": S.ACTIVE_RESTRICTED,
    "active*restrict*": S.ACTIVE_RESTRICTED,
    "active*probation*": S.ACTIVE_RESTRICTED,
    "active*inactive*": S.INACTIVE,
    "active": S.ACTIVE,
    "active *": S.ACTIVE,
    "active-*": S.ACTIVE,
    "clear": S.ACTIVE,
    "clear/active": S.ACTIVE,
    "clear/inactive": S.INACTIVE,
    "current": S.ACTIVE,
    "issued": S.ACTIVE,
    "licensed": S.ACTIVE,
    "probation*": S.ACTIVE_RESTRICTED,
    "*on probation": S.ACTIVE_RESTRICTED,
    "conditional*": S.ACTIVE_RESTRICTED,
    "restricted*": S.ACTIVE_RESTRICTED,
    "limited*": S.ACTIVE_RESTRICTED,
    "obligations*": S.ACTIVE_RESTRICTED,
    "pending*": S.PENDING,
    "applicant*": S.PENDING,
    "application*": S.PENDING,
    "not renewed*": S.EXPIRED,
    "failed to renew*": S.EXPIRED,
    "*non-renewal*": S.EXPIRED,
    "*nonrenewal*": S.EXPIRED,
    "lapsed*": S.EXPIRED,
    "expired*": S.EXPIRED,
    "delinquent*": S.EXPIRED,
    "null and void*": S.EXPIRED,
    "null & void*": S.EXPIRED,
    "cancel*": S.EXPIRED,
    "closed*": S.EXPIRED,
    "void*": S.EXPIRED,
    "terminated*": S.EXPIRED,
    "inactive*": S.INACTIVE,
    "not active*": S.INACTIVE,
    "dormant*": S.INACTIVE,
    "military*": S.INACTIVE,
    "retired*": S.RETIRED,
    "*surrender*": S.SURRENDERED,
    "*relinquish*": S.SURRENDERED,
    "*withdrawn*": S.SURRENDERED,
    "*emergency suspen*": S.SUSPENDED,
    "*summary suspen*": S.SUSPENDED,
    "*suspen*": S.SUSPENDED,
    "*revo*": S.REVOKED,
    "*deceased*": S.DECEASED,
    "denied*": S.REVOKED,
}
"""Shell patterns, small letters, first that fits."""


def meaning(words: str, own: Mapping[str, S]) -> S | None:
    """What one cell means; None for nothing and for words not known."""
    text = " ".join(words.casefold().split())
    if not text:
        return None
    for patterns in (own, COMMON):
        for pattern, status in patterns.items():
            if fnmatchcase(text, pattern):
                return status
    return None


def strictest(statuses: Iterable[S]) -> S:
    """The status that holds when several are said."""
    return max(statuses, key=STRICTNESS.index, default=S.UNKNOWN)
