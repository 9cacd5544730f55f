"""Pages that only one person may see: not kept by caches, not found by search engines, not told to other sites."""

from flask import Blueprint, Response, session

from app.core.tokens import new_token


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
