"""Who is calling, which roles that gives, and what becomes of those whom a route was not made for."""

from typing import TYPE_CHECKING, cast

from flask import abort, redirect, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from app.doors.errors import problem, wants_problem

if TYPE_CHECKING:
    from app.accounts.models import User


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
    user = caller()
    return user.role_names if user else frozenset()


def refuse() -> Response:
    """Programs get 401 or 403; people who are not signed in are asked to, and brought back afterwards."""
    if wants_problem():
        status = 403 if caller() else 401
        return problem(status, "forbidden" if status == 403 else "unauthorized", "This is not for you to see or do.")
    if caller() is not None or request.method not in ("GET", "HEAD"):
        abort(403)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
