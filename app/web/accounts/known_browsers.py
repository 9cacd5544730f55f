"""Browsers in which somebody signed in before: the wrong passwords of others do not keep them out.

Tries are counted by the typed address, so whoever knows an address could use them up for its owner. A browser that the
owner used, or in which they chose a new password by the mailed link, has tries of its own (OWASP: device cookies).
"""

from datetime import timedelta

from flask import after_this_request, current_app
from itsdangerous import BadSignature, TimestampSigner
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.core.tokens import new_token
from app.doors.cookies import keep, kept

COOKIE = "known"
LASTS = timedelta(days=180)


def remember(user: User) -> None:
    """This browser is one of the user's, from the next request on. The cookie does not tell whose."""
    value = _signer(user.email).sign(new_token()).decode()

    @after_this_request
    def say(response: Response) -> Response:
        keep(response, COOKIE, value, LASTS)
        return response


def known_as(email: str) -> str | None:
    """By what this browser is counted when it signs in with an address; None where nobody has done so before."""
    try:
        return _signer(email).unsign(kept(COOKIE) or "", max_age=int(LASTS.total_seconds())).decode()
    except BadSignature:
        return None


def _signer(email: str) -> TimestampSigner:
    return TimestampSigner(current_app.config["SECRET_KEY"], salt=f"known-browser:{email.strip().casefold()}")
