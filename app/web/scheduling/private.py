"""Pages that only one person may see: not kept by caches, not found by search engines, not told to other sites."""

from flask import Blueprint, Response, session

from app.core.tokens import new_token
from app.doors.caller import caller
from app.scheduling.contact import email_key


def keep_private(blueprint: Blueprint) -> None:
    """Every answer of this blueprint says so, errors included."""

    @blueprint.after_request
    def say(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def browser() -> str:
    """A secret of this browser, made when it is first needed; the cookie holds nothing else about a booking."""
    if "browser" not in session:
        session["browser"] = new_token()
    return str(session["browser"])


def is_callers(email: str | None) -> bool:
    """Whether the address is that of who is signed in, and was confirmed once."""
    user = caller()
    return bool(user and user.confirmed_at and email and email_key(email) == email_key(user.email))
