"""Rate limits. Kept in memory without Redis: then they are per process, so the caps that matter stay low."""

import ipaddress
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TypeVar, cast

from flask import Flask, current_app, g, request
from flask_limiter import Limiter
from limits import parse_many

from app.core.errors import Forbidden
from app.doors.limit_storage import Counters

View = TypeVar("View", bound=Callable[..., object])
LIMITS = {
    "LIMIT_BOOK": "30 per minute; 200 per day",
    "LIMIT_CODE": "20 per minute",
    "LIMIT_FETCH": "10 per minute; 100 per day",
    "LIMIT_MAIL": "6 per minute; 30 per day",
    "LIMIT_SITEMAP": "10 per minute; 100 per day",
    "LIMIT_PHONE": "6 per hour; 20 per day",
}
"""What one network address may do. The names are settings, so that a load test can widen them."""


def by_address() -> str:
    """The caller's network address; of IPv6 the part that is one subscriber's, who can change the rest at will."""
    return network(32, 64)


def network(of_4: int, of_6: int) -> str:
    """The network that the caller's address is in, by the length of its prefix in IPv4 and in IPv6."""
    return _network(request.remote_addr or "127.0.0.1", of_4, of_6)


@lru_cache(maxsize=4096)
def _network(of: str, of_4: int, of_6: int) -> str:
    try:
        address = ipaddress.ip_address(of.partition("%")[0])
    except ValueError:
        return "unknown"
    address = getattr(address, "ipv4_mapped", None) or address
    return str(ipaddress.ip_network((address, of_4 if address.version == 4 else of_6), strict=False))


class _OncePerRequest(Limiter):
    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        """A view with caps of its own is looked at when it is called. Before, the library looks too, and finds nothing."""
        view = current_app.view_functions.get(request.endpoint or "")
        if not (in_middleware and hasattr(view, "__capped__")):
            super()._check_request_limit(callable_name, in_middleware)


limiter = _OncePerRequest(by_address, headers_enabled=True, default_limits=["1200 per minute"])
# The library asks four times a request what is exempt, and works it out anew each time.
limiter.limit_manager.exemption_scope = cache(limiter.limit_manager.exemption_scope)  # type: ignore[method-assign]


def limit(name: str, *methods: str) -> Callable[[View], View]:
    """Limit a view by one of the named caps; only these methods, where some are given."""
    cap = cast(Callable[[View], View], limiter.limit(lambda: current_app.config[name], methods=list(methods) or None))

    def capped(view: View) -> View:
        view = cap(view)
        view.__capped__ = True  # type: ignore[attr-defined]
        return view

    return capped


def spend_unproved() -> None:
    """Count one request by telephone number alone; Forbidden when too many came from this network address.

    Once, however often the view is called again because another transaction was in its way.
    """
    if "spent_unproved" in g or not (limiter.enabled and current_app.config["RATE_LIMITS"]):
        return
    caps = parse_many(current_app.config["LIMIT_PHONE"])
    if not all(limiter.limiter.hit(cap, "LIMIT_PHONE", by_address()) for cap in caps):
        raise Forbidden(
            "Several requests without an e-mail address came from your network."
            " Please leave an e-mail address, or call.",
            code="too-many-unproved",
        )
    g.spent_unproved = True


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    for name, cap in LIMITS.items():
        app.config.setdefault(name, cap)
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings.redis_url or f"{Counters.STORAGE_SCHEME[0]}://")
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", bool(settings.redis_url))
    app.config.setdefault("RATE_LIMITS", settings.environment != "testing")
    limiter.init_app(app)


@limiter.request_filter
def _switched_off() -> bool:
    """Asked of the application that answers: the limiter itself is one for all of a process."""
    return not current_app.config["RATE_LIMITS"]
