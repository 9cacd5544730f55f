"""Time zone data comes from the pinned `tzdata` package, never from the machine, whose files can be years old."""

import zoneinfo
from functools import cache, lru_cache
from importlib import metadata

OLDEST_ZONE_DATA = (2026, 6)


def use_pinned_zone_data() -> None:
    """Make `zoneinfo` read the installed `tzdata` only; raise RuntimeError when that is older than the pin."""
    zoneinfo.reset_tzpath(to=[])
    installed = installed_zone_data()
    if tuple(int(part) for part in installed.split(".")[:2]) < OLDEST_ZONE_DATA:
        wanted = ".".join(map(str, OLDEST_ZONE_DATA))
        raise RuntimeError(f"tzdata {installed} is too old: install tzdata>={wanted} from requirements.txt")


def installed_zone_data() -> str:
    """The release of the installed zone data, such as 2026.6."""
    return metadata.version("tzdata")


@cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """The IANA zone called `name`; ZoneInfoNotFoundError when there is none."""
    return zoneinfo.ZoneInfo(name)


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
