"""One visit in the therapist's hands: read it, answer it, mark it, write about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from app.core.zones import zone
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.locale import said
from app.referrals.queries import referrers
from app.scheduling import queries, safety
from app.scheduling import services as scheduling
from app.scheduling.queries.elsewhere import zone_of_new_time
from app.scheduling.states import Actor
from app.web.practice.moving import Answer, apply
from app.web.practice.room import actor, my_id, place_zones, practice
from app.web.practice.visit_forms import MessageForm
from app.web.practice.words import ACTIONS, REASONS, STATES


@practice.get("/visits/<int:booking_id>")
@audience("therapist")
def visit(booking_id: int) -> str:
    return _page(booking_id, MessageForm())


@practice.post("/visits/<int:booking_id>/accept")
@audience("therapist")
def accept(booking_id: int) -> Response:
    whole = request.form.get("whole_series") == "yes"
    change = lambda session, now: scheduling.accept(session, booking_id, actor(), now, whole_series=whole)  # noqa: E731
    return _do(booking_id, change, _("Accepted. The person gets a mail."))


@practice.post("/visits/<int:booking_id>/decline")
@audience("therapist")
def decline(booking_id: int) -> Response:
    reason, whole = request.form.get("reason", ""), request.form.get("whole_series") == "yes"

    def change(session: Session, now: datetime) -> None:
        scheduling.decline(session, booking_id, actor(), reason, now, whole_series=whole)

    return _do(booking_id, change, _("Declined. The person gets a mail with the reason."))


@practice.post("/visits/<int:booking_id>/agree")
@audience("therapist")
def agree(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.agree_to_move_as_therapist, _("Moved to the new time."))


@practice.post("/visits/<int:booking_id>/keep")
@audience("therapist")
def keep(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.refuse_move_as_therapist, _("The visit stays when it was."))


@practice.post("/visits/<int:booking_id>/cancel")
@audience("therapist")
def cancel(booking_id: int) -> Response:
    scope: Any = request.form.get("scope") if request.form.get("scope") in ("one", "rest", "all") else "one"
    reason = request.form.get("reason", "")
    reason = reason if reason in REASONS else "other"

    def change(session: Session, now: datetime) -> None:
        scheduling.cancel_as_therapist(session, booking_id, actor(), reason, now, scope=scope)

    return _do(booking_id, change, _("Cancelled. The person gets a mail."))


@practice.post("/visits/<int:booking_id>/came")
@audience("therapist")
def came(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.attended, _("Saved."))


@practice.post("/visits/<int:booking_id>/missed")
@audience("therapist")
def missed(booking_id: int) -> Response:
    return _do_as_me(booking_id, scheduling.no_show, _("Saved. The person is not told."))


@practice.post("/visits/<int:booking_id>/message")
@audience("therapist")
def message(booking_id: int) -> Answer:
    form = MessageForm()
    if not form.validate_on_submit():
        return _page(booking_id, form), 422
    text = form.text.data or ""
    change = lambda session, now: scheduling.write_message_as_therapist(session, booking_id, actor(), text, now)  # noqa: E731
    return _do(booking_id, change, _("Sent. The mail says only that there is a message."))


@practice.post("/visits/<int:booking_id>/block")
@audience("therapist")
def block(booking_id: int) -> Response:
    """This person books no more with me, under the address and the number of this visit."""

    def change(session: Session, _now: datetime) -> None:
        one = queries.visit_by_id(session, booking_id, my_id())
        for value in filter(None, (one.email, one.phone)):
            scheduling.block(session, my_id(), value)

    return _do(booking_id, change, _("Blocked. They cannot book with you any more; they are not told."))


def _do(booking_id: int, change: Callable[[Session, datetime], object], done: str) -> Response:
    """Change a visit and go back to where the button was; a refusal is said there."""
    queries.visit_by_id(db.session, booking_id, my_id())
    try:
        apply(change)
    except (Conflict, Forbidden, Gone, Invalid, NotFound) as error:
        db.session.rollback()
        flash(said(error), "error")
    else:
        flash(done, "ok")
    back = url_for(".today") if request.form.get("back") == "today" else url_for(".visit", booking_id=booking_id)
    return redirect(back, code=303)


def _do_as_me(booking_id: int, act: Callable[[Session, int, Actor, datetime], object], done: str) -> Response:
    """The same for a change that needs to know no more than which visit, by whom and when."""
    return _do(booking_id, lambda session, now: act(session, booking_id, actor(), now), done)


def _page(booking_id: int, form: MessageForm) -> str:
    """The read of the sealed parts is recorded, so it is a transaction."""
    now = clock.now()
    with transaction() as session:
        one = queries.visit_by_id(session, booking_id, my_id())
        sealed = scheduling.read_sealed(session, booking_id, actor(), now)
        events = queries.history(session, booking_id)
        blocked = set(scheduling.blocked(session, my_id()))
    return render_template(
        "practice/visit.html",
        visit=one,
        zone=zone(one.time_zone),
        new_zone=zone_of_new_time(db.session, one.id) or one.time_zone,
        now=now,
        sealed=sealed,
        referrer=referrers(db.session, [one.referral_id]).get(one.referral_id or 0),
        flags=_flags(sealed),
        events=events,
        offered=queries.offered_times(one),
        zones=place_zones() if one.offered_times else {},
        blocked=bool(blocked & {(one.email or "").strip().casefold(), one.phone}),
        form=form,
        states=STATES,
        actions=ACTIONS,
        reasons=REASONS,
    )


def _flags(sealed: scheduling.Sealed) -> list[tuple[str, str, bool]]:
    """(how serious, in words, whether a yes became a no) of what the safety questions brought up."""
    if sealed.screening is None:
        return []
    answers, changed = sealed.screening.answers, sealed.screening.changed
    return [
        (each.group, each.short, each.id in changed)
        for each in safety.QUESTIONS
        if answers.get(each.id) is True or each.id in changed
    ]
