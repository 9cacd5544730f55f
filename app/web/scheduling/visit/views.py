"""`/visits/<token>`: the stable page of one visit. Opening it changes nothing; every change is a POST."""

from dataclasses import replace

from flask import Response, current_app, flash, make_response, redirect, render_template, request
from flask_babel import gettext

from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limit
from app.doors.locale import language, said
from app.notifications.mime import address_of
from app.notifications.transports import sender_of
from app.scheduling import calendar_file, queries, services
from app.scheduling.draft import Draft, next_step
from app.web.referrals.visit_answers import referral_of
from app.web.scheduling.asking import book_url, instant
from app.web.scheduling.forms import CodeForm, MessageForm
from app.web.scheduling.private import browser
from app.web.scheduling.visit.blueprint import Answer, visits
from app.web.scheduling.visit.confirming import code_page
from app.web.scheduling.visit.page import shown, state_of, told
from app.web.scheduling.words import local


@visits.get("/<token>")
@audience("public")
def visit(token: str) -> Answer:
    one = queries.visit(db.session, token)
    facts = shown(db.session, one, now())
    if facts["state"] == "held" and not facts["is_offer"]:
        return code_page(token, CodeForm())
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


@visits.post("/<token>/take")
@audience("public")
def take(token: str) -> Answer:
    """Take the time that the waitlist offered: the safety questions first, and where to come to for a visit at home.

    What has ended or is taken says so itself.
    """
    one, secret = queries.visit(db.session, token), browser()
    if not shown(db.session, one, now())["is_offer"] or one.service_id is None:
        return redirect(f"/visits/{token}", 303)
    draft = Draft(
        one.therapist_slug, one.service_id, one.location_id, one.starts_at.isoformat(),
        name=one.name, email=one.email or "", phone=one.phone or "", offer=token,
        contact_done=one.location_kind != "home_visits",
    )  # fmt: skip
    with transaction() as session:
        before = services.said_yes_before(session, secret, draft.slug, now())
        key = services.open_draft(session, secret, replace(draft, before=before), now())
    return redirect(f"/therapists/{one.therapist_slug}/book/{key}/{next_step(draft)}", 303)


@visits.post("/<token>/again")
@audience("public")
def again(token: str) -> Answer:
    """Let a time go that waits for its code, a mistyped address's say, and begin with the same time anew."""
    one = queries.visit(db.session, token)
    facts = shown(db.session, one, now())
    if facts["state"] != "held" or facts["is_offer"] or one.service_id is None:
        return redirect(f"/visits/{token}", 303)
    with transaction() as session:
        services.cancel(session, token, now(), scope="all")
    return redirect(book_url(one.therapist_slug, one.service_id, one.location_id, one.starts_at), 303)


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


@visits.post("/<token>/answer")
@audience("public")
def answer(token: str) -> Answer:
    """Agree to the other time, or keep the first."""
    change = services.agree_to_move if request.form.get("answer") == "agree" else services.refuse_move
    try:
        with transaction() as session:
            change(session, token, now())
    except (Conflict, Gone) as error:
        flash(said(error), "error")
    return redirect(f"/visits/{token}", 303)


@visits.post("/<token>/other-time")
@audience("public")
def other_time(token: str) -> Answer:
    """Take one of the times that the therapist offered instead."""
    at = instant("at")
    if at is None:
        raise Invalid(gettext("Choose one of the times."), field="at")
    try:
        with transaction() as session:
            services.take_other_time(session, token, at, now())
    except (Conflict, Gone, Invalid) as error:
        gone = gettext("That time is not free any more. Choose another one, or wait for the answer.")
        flash(gone if error.code == "time-taken" else said(error), "error")
        return redirect(f"/visits/{token}", 303)
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
    page = f"{settings.base_url}/visits/{token}"
    answer = make_response(
        calendar_file.calendar_file(one, "PUBLISH", settings.base_url, sender, now(), title, page, language())
    )
    answer.mimetype = "text/calendar"
    answer.headers["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return answer
