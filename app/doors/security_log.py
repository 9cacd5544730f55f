"""What somebody who looks for an attack needs to read: sign-ins and failed ones, changes to how people sign in, and what
was refused.

Who by the number of the account, which is bound to every line of a request; where from by network; where to by route.
Never a name, an address, what was typed, or the secret part of a link.
"""

from flask import request

from app.core.logs import logger
from app.doors.limits import network

log = logger("unknot.security")


def note(event: str, **facts: object) -> None:
    """Something that went as it should."""
    log.info(event, network=network(24, 56), **facts)


def refused(event: str, **facts: object) -> None:
    """Something that was tried and not let through."""
    route = request.url_rule.rule if request.url_rule else "(none)"
    log.warning(event, method=request.method, route=route, network=network(24, 56), **facts)
