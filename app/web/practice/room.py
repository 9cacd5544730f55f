"""The practice's blueprint, and who is in it: every view acts for the caller's own therapist and nobody else's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Blueprint, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.roles import THERAPIST
from app.core.errors import NotFound
from app.core.zones import zone
from app.directory.models import Location, Therapist
from app.directory.queries import own_therapist
from app.directory.roles import may_act
from app.doors.audience import declared
from app.doors.caller import caller, signed_in_user
from app.doors.database import db, transaction
from app.scheduling.services import lock
from app.scheduling.states import Actor

practice = Blueprint("practice", __name__, url_prefix="/practice")


@practice.before_request
def enter() -> Response | None:
    """A therapist without a practice of their own begins with the set-up; there is no object that is theirs."""
    if not request.endpoint or declared(current_app, request.endpoint) != {THERAPIST}:
        return None
    user = signed_in_user()
    own = own_therapist(db.session, user.id)
    if own is None or not may_act(user.id, own.user_id):
        if request.view_args:
            raise NotFound(_("There is no such thing in your practice."))
        return redirect(url_for("practice.start"))
    g.practice = own
    g.practice_id = own.id
    return None


@practice.after_request
def keep_to_oneself(response: Response) -> Response:
    """Pages with patients' names and answers are kept in no cache, so that Back after signing out shows nothing."""
    if "practice" in g:
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


def me() -> Therapist:
    """The caller's own therapist, as read when the request came in."""
    return cast(Therapist, g.practice)


def my_id() -> int:
    return cast(int, g.practice_id)


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A transaction under the lock of the caller's therapist: what is read in it, nobody else changes until it ends."""
    with transaction() as session:
        lock(session, my_id())
        yield session


def actor() -> Actor:
    return Actor("therapist", my_id())


def own_or_none() -> Therapist | None:
    """The caller's therapist, on pages that are for everybody."""
    user = caller()
    return own_therapist(db.session, user.id) if user else None


def place_zones() -> dict[int, str]:
    """The zone of each of the caller's own places."""
    query = select(Location.id, Location.time_zone).where(Location.therapist_id == my_id())
    return {row.id: row.time_zone for row in db.session.execute(query)}


def home_zone(therapist_id: int) -> Any:
    """The zone of the first place, in which a day of the practice is counted."""
    query = select(Location.time_zone).where(Location.therapist_id == therapist_id, Location.active)
    return zone(db.session.scalars(query.order_by(Location.id).limit(1)).first() or "UTC")
