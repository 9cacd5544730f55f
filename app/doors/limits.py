"""Rate limits. Kept in memory without Redis: then they are per process, so the caps that matter stay low."""

from flask import Flask, current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True, default_limits=["1200 per minute"])


def init_app(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config.setdefault("RATELIMIT_STORAGE_URI", settings.redis_url or "memory://")
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", bool(settings.redis_url))
    app.config.setdefault("RATE_LIMITS", settings.environment != "testing")
    limiter.init_app(app)


@limiter.request_filter
def _switched_off() -> bool:
    """Asked of the application that answers: the limiter itself is one for all of a process."""
    return not current_app.config["RATE_LIMITS"]
