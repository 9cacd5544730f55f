"""`/visits`: all visits of one address, by a mailed link or for who is signed in."""

from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core.clock import now
from app.doors.audience import audience
from app.doors.caller import caller
from app.doors.database import db, transaction
from app.doors.limits import limit, limiter
from app.scheduling import services
from app.scheduling.contact import email_key
from app.scheduling.queries import Visit, visits_of_email, visits_of_link
from app.web.scheduling.forms import MailForm
from app.web.scheduling.private import keep_private
from app.web.scheduling.visit.page import state_of
from app.web.scheduling.words import local

mine = Blueprint("mine", __name__, url_prefix="/visits")
keep_private(mine)


@mine.route("", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_MAIL", "POST")
def find() -> str | tuple[str, int] | Response:
    """Ask for the link. The answer is the same whether the address is known or not."""
    user, form = caller(), MailForm()
    if user and user.confirmed_at and request.method == "GET":
        return _listed(visits_of_email(db.session, email_key(user.email)))
    if form.validate_on_submit():
        with transaction() as session:
            services.mail_visits_link(session, form.email.data, now())
        return redirect("/visits?sent=1", 303)
    page = render_template("scheduling/find_visits.html", form=form, sent="sent" in request.args)
    return (page, 422) if form.errors else page


@mine.get("/mine/<token>")
@audience("public")
@limiter.limit("60 per minute")
def listed(token: str) -> str:
    return _listed(visits_of_link(db.session, token, now()))


def _listed(found: list[Visit]) -> str:
    rows = [_row(each) for each in found if state_of(each, now()) not in ("held", "hold_ended")]
    groups: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for coming, part in groupby(sorted(rows, key=lambda row: row["coming"]), key=lambda row: bool(row["coming"])):
        groups[coming] = list(part)
    return render_template("scheduling/visits.html", coming=groups[True][::-1], others=groups[False])


def _row(visit: Visit) -> dict[str, Any]:
    state = state_of(visit, now())
    return {
        "url": f"/visits/{visit.token}",
        "starts_at": local(visit.starts_at, visit.time_zone),
        "therapist": visit.therapist_name,
        "for": visit.visit_for,
        "minutes": visit.minutes,
        "town": visit.city,
        "state": state,
        "coming": state in ("requested", "confirmed") and visit.starts_at > now(),
        "new_time": visit.new_starts_at is not None,
        "offered": bool(visit.offered_times) and state == "requested",
    }
