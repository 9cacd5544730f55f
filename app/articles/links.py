"""Links to elsewhere: which may be shown, how they are asked, when one is given up. Pure but for the given `fetch`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

CHECK_EVERY = timedelta(days=7)
GIVE_UP_AFTER = 3
"""Failed checks in a row (a server may be down for a day)."""

Fetch = Callable[[str], int | None]
"""Asks an address and gives the final HTTP status, None for no answer. It must refuse addresses inside the network."""

_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Standing:
    """How a link stands: failed checks in a row, and whether it is dead."""

    failures: int
    dead: bool


def after_check(failures: int, status: int | None) -> Standing:
    """The standing after one more check. `status` is the HTTP status at the end of redirects, None for no answer.

    401, 403 and 429 mean that somebody is there who does not like robots: the link is not held dead for them.
    """
    if status is not None and (status < 400 or status in {401, 403, 429}):
        return Standing(0, dead=False)
    return Standing(failures + 1, dead=status in _GONE or failures + 1 >= GIVE_UP_AFTER)


def is_public_address(url: str) -> bool:
    """Whether a URL may be shown as a link: http(s), a host with a dot, no user name, no odd characters."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return (
            parts.scheme in {"http", "https"}
            and "." in host.strip(".")
            and parts.username is None
            and (parts.port is None or parts.port > 0)
            and not any(character.isspace() or ord(character) < 33 or character in '"<>\\`' for character in url)
        )
    except ValueError:
        return False


def probe(due: Iterable[tuple[int, str]], fetch: Fetch) -> dict[int, int | None]:
    """Ask every address that is due. Call it outside a transaction: it waits for other people's servers."""
    return {external_id: fetch(url) for external_id, url in due}
