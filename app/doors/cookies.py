"""Cookies beside the session's: for this host alone (`__Host-`, RFC 6265bis §4.1.3.2) and sent only over TLS, wherever
the public address is https."""

from datetime import timedelta

from flask import Flask, current_app, has_request_context, request
from werkzeug.wrappers import Response


def cookie_name(name: str) -> str:
    """What a cookie is called here; the prefix makes browsers refuse one that another host or plain HTTP would plant."""
    return f"__Host-{name}" if _over_tls() else name


def kept(name: str) -> str | None:
    """What this browser brings under a name."""
    return request.cookies.get(cookie_name(name)) if has_request_context() else None


def keep(response: Response, name: str, value: str, lasts: timedelta) -> None:
    """Let this browser bring a value back for so long; no script reads it."""
    response.set_cookie(
        cookie_name(name), value, max_age=lasts, samesite="Lax", secure=_over_tls(), httponly=True, path="/"
    )


def init_app(app: Flask) -> None:
    app.add_template_global(cookie_name)


def _over_tls() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])
