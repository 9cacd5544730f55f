"""Which zone a calendar means by a name: IANA, Windows, or one that the file defines itself. Pure."""

import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from app.core.zones import zone_names
from app.scheduling.calendars.text import Block, values

_TZID = frozenset({"TZID", "X-LIC-LOCATION"})


class Zones:
    """The zones that one calendar knows."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.written: dict[str, tuple[Block, str]] = {}
        for block in blocks:
            named = {line.name: line.value for line in values(block.lines, _TZID)}
            self.written[clean(named.get("TZID", ""))] = (block, clean(named.get("X-LIC-LOCATION", "")))
        self._known: dict[str, str | None] = {}

    def name_of(self, tzid: str) -> str | None:
        """A zone that dates can be read in, by the name to write; None for a name that nobody explains."""
        wanted = clean(tzid)
        if wanted not in self._known:
            self._known[wanted] = self._find(wanted)
        return self._known[wanted]

    def only(self) -> str | None:
        """The one zone that the file is about, where it defines exactly one."""
        names = {self.name_of(each) for each in self.written}
        return names.pop() if len(names) == 1 else None

    def _find(self, wanted: str) -> str | None:
        """The pinned zone data first: what a program once wrote into a file goes stale, names do not."""
        if wanted in zone_names():
            return wanted
        if known := _windows().get(wanted.casefold()):
            return known
        block, location = self.written.get(wanted, (None, ""))
        if location in zone_names():
            return location
        return (_defined(block) if block and block.whole else None) or _guessed(wanted)


def clean(tzid: str) -> str:
    """Without quotes, escapes and stray colons."""
    return tzid.strip().strip('"').replace("\\,", ",").replace("\\;", ";").rstrip(":").strip()


@lru_cache(maxsize=1)
def _windows() -> dict[str, str]:
    return {name.casefold(): olson for name, olson in WINDOWS_TO_OLSON.items()}


@lru_cache(maxsize=1)
def _folded() -> dict[str, str]:
    return {name.casefold(): name for name in zone_names()}


def _guessed(wanted: str) -> str | None:
    """/example.org/2005/Europe/Berlin and europe/berlin."""
    parts = re.split(r"[/\\]+", wanted.strip("/"))
    return next(
        (_folded()[name] for at in range(len(parts)) if (name := "/".join(parts[at:]).casefold()) in _folded()), None
    )


def _defined(block: Block) -> str | None:
    """Make the library know a zone as the file defines it, under a name made of the definition itself."""
    body = [line for line in block.raw if not line.upper().startswith("TZID")]
    name = "X-" + hashlib.sha256("\n".join(body).encode()).hexdigest()[:16]
    try:
        definition = Timezone.from_ical("\r\n".join([body[0], f"TZID:{name}", *body[1:], ""]))
        tzp.cache_timezone_component(definition)
    except Exception:  # noqa: BLE001 - whatever a stranger's definition makes the library raise
        return None
    return name
