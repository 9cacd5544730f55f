"""`/visits/<token>`: the stable page of one visit. Opening it changes nothing; every change is a POST."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from app.core.clock import now
from app.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limit, limiter
from app.notifications.mime import address_of
from app.notifications.transports import sender_of
from app.scheduling import calendar_file, queries, services
from app.scheduling.draft import Draft, next_step
from app.scheduling.models import Booking
from app.scheduling.services.answering import place as agreed_at
from app.web.referrals.visit_answers import referral_of
from app.web.scheduling.asking import day, instant, rfc3339
from app.web.scheduling.forms import CodeForm, MessageForm
from app.web.scheduling.private import browser, keep_private
from app.web.scheduling.visit_page import shown, state_of, told
from app.web.scheduling.weeks import week
from app.web.scheduling.words import local

visits = Blueprint("visits", __name__, url_prefix="/visits")
keep_private(visits)
limiter.limit("120 per minute")(visits)

Answer = str | tuple[str, int] | AnyResponse


@visits.route("/confirm/<token>", methods=["GET", "POST"])
@audience("public")
def confirm(token: str) -> Answer:
    """Behind the mailed link: a page with a button. The button confirms; opening the page does not."""
    if request.method == "POST":
        with transaction() as session:
            booked = services.confirm_by_link(session, token, now())
        return redirect(f"/visits/{booked.token}/done", 303)
    held = queries.visit(db.session, services.held_behind(db.session, token))
    if held.state in ("requested", "confirmed"):
        return redirect(f"/visits/{held.token}")
    return render_template("scheduling/visit/confirm.html", token=token, **shown(db.session, held, now()))


@visits.get("/<token>")
@audience("public")
def visit(token: str) -> Answer:
    one = queries.visit(db.session, token)
    facts = shown(db.session, one, now())
    if facts["state"] == "held" and not facts["is_offer"]:
        return _code_page(token, CodeForm())
    referral = referral_of(db.session, one)
    return render_template("scheduling/visit/show.html", told=told(db.session, one), referral=referral, **facts)


@visits.get("/<token>/done")
@audience("public")
def done(token: str) -> Answer:
    """What happens next, and by when."""
    one = queries.visit(db.session, token)
    if state_of(one, now()) not in ("requested", "confirmed"):
        return redirect(f"/visits/{token}")
    return render_template("scheduling/visit/done.html", **shown(db.session, one, now()))


@visits.post("/<token>/code")
@audience("public")
@limit("LIMIT_CODE")
def code(token: str) -> Answer:
    form = CodeForm()
    if not form.validate_on_submit():
        return _code_page(token, form), 422
    with transaction() as session:
        tried = services.confirm_by_code(session, token, form.code.data, now())
    if tried.right:
        return redirect(f"/visits/{token}/done", 303)
    form.code.errors = [_wrong_code(tried.tries_left)]
    return _code_page(token, form), 422


@visits.post("/<token>/resend")
@audience("public")
@limit("LIMIT_MAIL")
def resend(token: str) -> Answer:
    with transaction() as session:
        services.mail_again(session, token, now())
    flash(gettext("A new code is on its way. The old one no longer works."), "ok")
    return redirect(f"/visits/{token}", 303)


@visits.post("/<token>/take")
@audience("public")
def take(token: str) -> Answer:
    """Take the time that the waitlist offered: the safety questions first."""
    one = queries.visit(db.session, token)
    if not shown(db.session, one, now())["is_offer"] or one.service_id is None:
        raise NotFound("There is no offer behind this link.")
    draft = Draft(
        one.therapist_slug, one.service_id, one.location_id, one.starts_at.isoformat(),
        name=one.name, email=one.email or "", phone=one.phone or "", contact_done=True, offer=token,
    )  # fmt: skip
    with transaction() as session:
        key = services.open_draft(session, browser(), draft, now())
    return redirect(f"/therapists/{one.therapist_slug}/book/{key}/{next_step(draft)}", 303)


@visits.route("/<token>/cancel", methods=["GET", "POST"])
@audience("public")
def cancel(token: str) -> Answer:
    one = queries.visit(db.session, token)
    problem = None
    if request.method == "POST":
        scope = request.form.get("scope", "one")
        try:
            with transaction() as session:
                services.cancel(session, token, now(), scope=scope if scope in ("rest", "all") else "one")  # type: ignore[arg-type]
            return redirect(f"/visits/{token}", 303)
        except (Forbidden, Conflict) as error:
            problem = error
            one = queries.visit(db.session, token)
    page = render_template("scheduling/visit/cancel.html", problem=problem, **shown(db.session, one, now()))
    return (page, problem.status) if problem else page


@visits.route("/<token>/move", methods=["GET", "POST"])
@audience("public")
def move(token: str) -> Answer:
    """Another time: first the week, then old and new side by side with a button."""
    one = queries.visit(db.session, token)
    facts = shown(db.session, one, now())
    at = instant("at")
    if request.method == "POST" and at is not None:
        try:
            with transaction() as session:
                became = services.reschedule(session, token, at, one.location_id, now())
        except (Forbidden, Conflict, Invalid) as error:
            return _move_page(token, facts, None, problem=error), error.status
        flash(_moved_words(became, one.therapist_name), "ok")
        return redirect(f"/visits/{token}", 303)
    return _move_page(token, facts, at)


def _move_page(token: str, facts: dict[str, Any], at: datetime | None, problem: DomainError | None = None) -> str:
    one = facts["visit"]
    strip = None
    if facts["may_move"]:
        where = agreed_at(db.session, db.session.get_one(Booking, one.id), one.location_id)
        strip = week(
            db.session, where, day("from"), now(),
            choose=lambda free: f"/visits/{token}/move?at={rfc3339(free.starts_at)}",
            page=lambda other: f"/visits/{token}/move?from={other.isoformat()}",
            without=one.id,
        )  # fmt: skip
    new = local(at, one.time_zone) if at and at > now() else None
    more = {"week": strip, "new": new, "at": rfc3339(at) if at else "", "problem": problem}
    return render_template("scheduling/visit/move.html", **{**facts, **more})


@visits.post("/<token>/answer")
@audience("public")
def answer(token: str) -> Answer:
    """Agree to the other time, or keep the first."""
    with transaction() as session:
        if request.form.get("answer") == "agree":
            services.agree_to_move(session, token, now())
        else:
            services.refuse_move(session, token, now())
    return redirect(f"/visits/{token}", 303)


@visits.post("/<token>/other-time")
@audience("public")
def other_time(token: str) -> Answer:
    """Take one of the times that the therapist offered instead."""
    at = instant("at")
    if at is None:
        raise Invalid(gettext("Choose one of the times."), field="at")
    with transaction() as session:
        services.take_other_time(session, token, at, now())
    return redirect(f"/visits/{token}/done", 303)


@visits.route("/<token>/messages", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_CODE", "POST")
def messages(token: str) -> Answer:
    """What the two of them wrote, and what was told before. Reading it is recorded."""
    one, form = queries.visit(db.session, token), MessageForm()
    if form.validate_on_submit():
        with transaction() as session:
            services.write_message(session, token, form.text.data, now())
        flash(gettext("Your message is sent."), "ok")
        return redirect(f"/visits/{token}/messages", 303)
    with transaction() as session:
        sealed = services.read_own_sealed(session, token, now())
    written = [(local(at, one.time_zone), author, text) for at, author, text in sealed.messages]
    page = render_template(
        "scheduling/visit/messages.html", form=form, sealed=sealed, written=written, **shown(db.session, one, now())
    )
    return (page, 422) if form.errors else page


@visits.get("/<token>/visit.ics")
@audience("public")
def calendar(token: str) -> Response:
    one = queries.visit(db.session, token)
    if state_of(one, now()) != "confirmed":
        raise NotFound(gettext("There is nothing to put into a calendar yet."))
    settings = current_app.config["SETTINGS"]
    sender = address_of(sender_of(settings.mail_url, settings.base_url))
    title = gettext("Visit with %(name)s", name=one.therapist_name)
    answer = make_response(calendar_file.calendar_file(one, "PUBLISH", settings.base_url, sender, now(), title))
    answer.mimetype = "text/calendar"
    answer.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer


def _code_page(token: str, form: CodeForm) -> str:
    one = queries.visit(db.session, token)
    return render_template("scheduling/visit/code.html", form=form, **shown(db.session, one, now()))


def _wrong_code(left: int) -> str:
    if left:
        return str(
            gettext("That is not the code. Look at the newest mail; you can try %(left)s more times.", left=left)
        )
    return str(gettext("That was not the code either. Use the link in the mail, or ask for a new code."))


def _moved_words(became: str, name: str) -> str:
    if became == "moved":
        return str(gettext("Your visit has its new time."))
    return str(gettext("We asked %(name)s. Until the answer comes, your first time is kept.", name=name))
