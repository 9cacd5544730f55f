"""Sign-ins, failed ones, and changes to how somebody signs in, for the security log."""

from typing import Any

from flask import Flask, Response, g, request
from flask_login import user_logged_in, user_logged_out
from flask_security import (
    change_email_confirmed,
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_failed_authn,
    wan_deleted,
    wan_registered,
)

from app.accounts.models import User
from app.doors import security_log
from app.web.accounts.limits import GUESSES, came_back

CHANGES = {
    user_logged_in: "signed in",
    user_logged_out: "signed out",
    password_changed: "password changed",
    password_reset: "password reset",
    change_email_confirmed: "address changed",
    tf_profile_changed: "second factor set up",
    tf_disabled: "second factor switched off",
    wan_registered: "passkey added",
    wan_deleted: "passkey removed",
}
WATCHED = frozenset(f"security.{name}" for name in GUESSES)


def init_app(app: Flask) -> None:
    for signal, event in CHANGES.items():
        signal.connect(_noting(event), app, weak=False)
    user_failed_authn.connect(_whose, app)
    app.after_request(_note_failed)


def _noting(event: str) -> Any:
    def say(_app: Flask, user: User | None = None, **_facts: Any) -> None:
        security_log.note(event, user=user.id if user else None, way=request.endpoint)

    return say


def _whose(_app: Flask, user: User, **_facts: Any) -> None:
    g.failed_user = user.id


def _note_failed(response: Response) -> Response:
    """Of a known account its number; of an unknown address nothing."""
    if request.method == "POST" and request.endpoint in WATCHED and came_back(response):
        security_log.refused("try failed", user=g.get("failed_user"), way=request.endpoint)
    return response
