"""Whether a person opened a doctor's link, as far as a request says so itself. Nobody is followed to find out."""

import re
from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import Headers

AHEAD: Final = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
"""Where browsers say that they fetch a page before somebody asks for it."""

MACHINES: Final = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|scanner|externalhit|embedly|iframely|whatsapp|imageproxy|safelinks"
    r"|^(curl|wget|python|go-http|java|okhttp|axios|node)\b",
    re.IGNORECASE,
)
"""What programs call themselves that fetch what somebody only sent: messengers' previews, scanners of mail, searchers.
Cubot is a telephone. Scanners that pass for a browser cannot be told, and count."""


def is_a_persons(method: str, headers: Mapping[str, str] | Headers) -> bool:
    """Not a look at the headers alone, nor a page fetched ahead, nor a program that says it is one."""
    ahead = any(word in headers.get(name, "").casefold() for name in AHEAD for word in ("prefetch", "preview"))
    return method == "GET" and not ahead and not MACHINES.search(headers.get("User-Agent", ""))
