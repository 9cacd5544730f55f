"""Who is calling, which roles that gives, and what becomes of those whom a route was not made for."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from flask import abort, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from app.accounts.guarded import GUARDED, Step, step_before
from app.core import clock
from app.doors import security_log
from app.doors.errors import page, problem, wants_problem

if TYPE_CHECKING:
    from app.accounts.models import User

ONWARD = "onward"
"""Where the session remembers which room somebody wanted, while they set up what it needs."""


def caller() -> "User | None":
    """The user who is signed in here; None for the public."""
    return cast("User", current_user) if current_user and current_user.is_authenticated else None


def signed_in_user() -> "User":
    """The user, on routes whose audience is signed in."""
    user = caller()
    if user is None:
        abort(403)
    return user


def roles_of_caller() -> frozenset[str]:
    """The roles that count in this request: the guarded ones only after a sign-in that is good enough for them."""
    user = caller()
    if user is None:
        return frozenset()
    roles = user.role_names
    return roles if not roles & GUARDED or step_before_rooms(user) is None else roles - GUARDED


def step_before_rooms(user: "User") -> Step | None:
    """What this person has to do before guarded rooms open to them."""
    proved = bool(g.get("second_factor"))
    at = session.get("fs_paa")
    signed_in_at = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else None
    return step_before(
        has_factor=proved or user.has_second_factor, proved=proved, signed_in_at=signed_in_at, now=clock.now()
    )


def refuse(allowed: frozenset[str]) -> ResponseReturnValue:
    """Programs get 401 or 403; people are asked to sign in, or led through what their room needs, and brought back."""
    user = caller()
    if wants_problem():
        status = 403 if user else 401
        security_log.refused("not allowed", status=status)
        return problem(status, "forbidden" if status == 403 else "unauthorized", "This is not for you to see or do.")
    reading = request.method in ("GET", "HEAD")
    if user is not None and allowed & user.role_names:
        return _lead_on(user) if reading else _not_yet()
    if user is not None or not reading:
        abort(403)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def _lead_on(user: "User") -> Response:
    wanted = request.full_path.rstrip("?")
    if step_before_rooms(user) is Step.PASSWORD:
        flash(_("It is a while since you signed in. Your password, please, and you go on."))
        return redirect(url_for("security.verify", next=wanted))
    session[ONWARD] = wanted
    return redirect(url_for("account.second_step"))


def _not_yet() -> ResponseReturnValue:
    return page(
        403, _("Nothing was changed. Go back, open the page again and show that it is you; then send it again.")
    )
