"""Days and parts of the day, as a search's address writes them. Pure."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, TypeAlias

Moment: TypeAlias = date | datetime
"""A day at the venue, or an aware instant."""

PartOfDay: TypeAlias = tuple[int, int]
"""Wall minutes `[opens, closes)` in which a visit may start; past midnight when `opens > closes`."""

PARTS: Final[Mapping[str, PartOfDay]] = {
    "morning": (6 * 60, 12 * 60),
    "afternoon": (12 * 60, 17 * 60),
    "evening": (17 * 60, 22 * 60),
}
_NAMES = {part: name for name, part in PARTS.items()}
_RANGE = re.compile(r"([0-9]{1,2}):([0-5][0-9]) ?[-–] ?([0-9]{1,2}):([0-5][0-9])", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def moment(text: str) -> Moment | None:
    """`2026-12-01`, or an instant with its offset as RFC 3339 writes it; None for anything else."""
    if len(text) > 40 or not text.isascii():
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        # A plus that was not escaped in an address arrives as a blank.
        instant = datetime.fromisoformat(text.replace(" ", "+") if "T" in text.upper() else "")
        instant.timestamp()
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo is not None else None


def out_of_order(first: Moment | None, last: Moment | None) -> bool:
    """Whether the last surely comes before the first. A day and an instant are compared by their dates."""
    if first is None or last is None:
        return False
    if isinstance(first, datetime) and isinstance(last, datetime):
        return last <= first
    return day_of(last) < day_of(first)


def day_of(moment: Moment) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def part_of_day(text: str) -> PartOfDay | None:
    """`morning`, `afternoon`, `evening`, or `18:00-20:00` in the venue's time; None for anything else."""
    if text in PARTS:
        return PARTS[text]
    match = _RANGE.fullmatch(text) if len(text) <= 20 else None
    if match is None:
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    opens, closes = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    return (opens, closes) if opens < 1440 and 0 < closes <= 1440 and opens != closes else None


def written(part: PartOfDay) -> str:
    """The reverse of `part_of_day`."""
    opens, closes = part
    return _NAMES.get(part) or f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
