"""Rate limits of everything that guesses or mails: per person, per address and per network.

Kept in memory they are per process, so they are low. A network is /24 in IPv4 and /56 in IPv6, because one household
or one attacker has that many addresses. A limit says the same for known and unknown addresses, and whoever uses one up
keeps out nobody who signed in from their own browser before.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request, session

from app.doors.caller import caller
from app.doors.limits import limiter, network
from app.web.accounts.known_browsers import known_as

Key = Callable[[], str]


def by_network() -> str:
    return network(24, 56)


def by_address() -> str:
    """Of the typed e-mail address; hashed, so that a store of counters holds no addresses."""
    return hashlib.sha256(_typed().encode(errors="replace")).hexdigest()[:24]


def by_address_or_browser() -> str:
    """Of the typed address, in all browsers that are strange to it; a known browser counts by itself."""
    known = known_as(_typed())
    return f"known {known}" if known else by_address()


def by_network_or_browser() -> str:
    known = known_as(_typed())
    return f"known {known}" if known else by_network()


def _typed() -> str:
    return request.form.get("email", "").strip().casefold()


def by_person() -> str:
    """Who is signed in, or who passed the first of two factors."""
    user = caller()
    return str(user.id) if user else str(session.get("tf_user_id") or by_network())


def came_back(response: Response) -> bool:
    """A form that came back is a failed try; success redirects."""
    return response.status_code == 200


GUESSES: dict[str, tuple[tuple[str, Key], ...]] = {
    "login": (("60 per 15 minutes", by_network_or_browser), ("10 per 15 minutes; 60 per day", by_address_or_browser)),
    "two_factor_token_validation": (("10 per 15 minutes; 40 per day", by_person),),
    "two_factor_setup_validate": (("20 per 15 minutes", by_person),),
    "mf_recovery": (("10 per 15 minutes; 20 per day", by_person),),
    "verify": (("10 per 15 minutes", by_person),),
    "change_password": (("10 per 15 minutes", by_person),),
    "confirm_email": (("20 per 15 minutes", by_network),),
    "reset_password": (("20 per 15 minutes", by_network),),
    "wan_signin_response": (("60 per 15 minutes", by_network),),
}
MAILS = ("register", "send_confirmation", "forgot_password")
MAILS_TO_ONE_ADDRESS = "3 per hour; 8 per day"
MAILS_FROM_ONE_NETWORK = "30 per hour"


def init_app(app: Flask) -> None:
    views: dict[str, Any] = app.view_functions
    for name, rules in GUESSES.items():
        for value, key in rules:
            limit = limiter.limit(value, key_func=key, methods=["POST"], deduct_when=came_back)
            views[f"security.{name}"] = limit(views[f"security.{name}"])
    to_one = limiter.shared_limit(MAILS_TO_ONE_ADDRESS, "mail-address", key_func=by_address, methods=["POST"])
    from_one = limiter.shared_limit(MAILS_FROM_ONE_NETWORK, "mail-network", key_func=by_network, methods=["POST"])
    for name in MAILS:
        views[f"security.{name}"] = to_one(from_one(views[f"security.{name}"]))
    new_address = limiter.limit("5 per hour", key_func=by_person, methods=["POST"])
    views["security.change_email"] = new_address(views["security.change_email"])
