"""The doctor's blueprint, and who is in it: every view acts for the caller's own doctor and nobody else's."""

from typing import cast

from flask import Blueprint, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from app.accounts.roles import DOCTOR
from app.doors.audience import declared
from app.doors.caller import signed_in_user
from app.doors.database import db
from app.referrals.models import Doctor
from app.referrals.queries import doctor_of
from app.web.scheduling.private import keep_private

referring = Blueprint("referring", __name__, url_prefix="/referring")
keep_private(referring)


@referring.before_request
def enter() -> Response | None:
    """A doctor who has not said who they are begins with that."""
    if not request.endpoint or declared(current_app, request.endpoint) != {DOCTOR}:
        return None
    own = doctor_of(db.session, signed_in_user().id)
    if own is None:
        return redirect(url_for("referring.start"))
    g.doctor = own
    g.doctor_id = own.id
    return None


def me() -> Doctor:
    return cast(Doctor, g.doctor)


def my_id() -> int:
    return cast(int, g.doctor_id)
