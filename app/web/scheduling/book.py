"""`/therapists/<slug>/book`: one question-group a screen, everything kept in a sealed draft of this browser."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import Conflict, DomainError, Invalid, NotFound
from app.directory import queries as directory
from app.directory.licences import Level
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.caller import caller
from app.doors.database import db, transaction
from app.doors.limits import limit
from app.referrals import services as referrals
from app.scheduling import contact, deadlines, services
from app.scheduling.draft import GROUPS, Draft, answer, next_step
from app.scheduling.queries import Bookable, Offer, bookable, is_free, offers, series_plan, times_near, visit
from app.scheduling.safety import BY_ID, CHECKED_ON
from app.scheduling.services import BookingRequest
from app.web.referrals.carrying import carried, working
from app.web.scheduling.asking import book_url, day, instant, number, rfc3339, times_url
from app.web.scheduling.forms import ChoiceForm, ContactForm, RepeatForm, answers_in, questions_form
from app.web.scheduling.private import browser, keep_private
from app.web.scheduling.weeks import week
from app.web.scheduling.words import local, place, span, zone_name

booking = Blueprint("booking", __name__, url_prefix="/therapists/<slug>/book")
keep_private(booking)

Answer = str | tuple[str, int] | Response
PATIENT_FIELDS = ("whose", "name", "email", "phone", "visit_for", "address", "note")
EMPTY = Draft("", 0, 0, "")
STEP_OF_FIELD = {
    "answers": "questions/1",
    "acknowledged": "choice",
    "name": "contact",
    "email": "contact",
    "phone": "contact",
    "count": "repeat",
}
"""Where the person can mend what a service refused."""


@booking.route("", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_BOOK", "POST")
def start(slug: str) -> Answer:
    """The first questions for a time. GET keeps nothing; the answers open a draft."""
    service_id, location_id, at = number("service"), number("location"), instant("at")
    if service_id is None or location_id is None or at is None:
        return redirect(f"/therapists/{slug}/times")
    offer = _offer(slug, service_id, location_id)
    if not is_free(db.session, offer.one, at, now()):
        return _taken(offer, at)
    draft = Draft(slug, service_id, location_id, at.isoformat(), referral_id=_referral())
    form = questions_form("emergency", {})
    if form.validate_on_submit():
        return _opened(draft, answers_in(form))
    back = times_url(slug, service_id, location_id, local(at, offer.one.time_zone).date())
    page = _page("questions", draft, offer, 2, form=form, number=1, back_url=back, sources=_sources(1))
    return (page, 422) if form.errors else page


@booking.route("/<key>/questions/<int:number>", methods=["GET", "POST"])
@audience("public")
def questions(slug: str, key: str, number: int) -> Answer:
    draft, offer = _draft(slug, key)
    if number not in (1, 2, 3):
        raise NotFound("There is no such page.")
    form = questions_form(GROUPS[number - 1], draft.answers)
    if request.method == "POST" and _goes_back():
        return _back(slug, key, draft, number, answer(draft, answers_in(form)))
    if form.validate_on_submit():
        return _saved(slug, key, after=f"questions/{number}", **answer(draft, answers_in(form)))
    if draft.evaluation.emergency and number != 1:
        return redirect(_url(slug, key, "stop"))
    page = _page("questions", draft, offer, 2, form=form, number=number, key=key, sources=_sources(number))
    return (page, 422) if form.errors else page


@booking.get("/<key>/stop")
@audience("public")
def stop(slug: str, key: str) -> Answer:
    """Getting help now, without times."""
    draft = services.draft_of(db.session, browser(), key, now())
    if not draft.evaluation.emergency:
        return redirect(_next(slug, key, draft))
    return render_template("scheduling/help_now.html", back_url=_url(slug, key, "questions/1"))


@booking.route("/<key>/choice", methods=["GET", "POST"])
@audience("public")
def choice(slug: str, key: str) -> Answer:
    """Signs that a doctor should look at first: going on needs a deliberate choice."""
    draft, offer = _draft(slug, key)
    if not draft.evaluation.doctor_first or draft.evaluation.emergency:
        return redirect(_next(slug, key, draft))
    form = ChoiceForm(data={"choice": "go_on" if draft.acknowledged else None})
    if request.method == "POST" and _goes_back():
        return redirect(_url(slug, key, "questions/2"), 303)
    if form.validate_on_submit():
        if form.choice.data == "doctor":
            return _page("doctor_first", draft, offer, 2, key=key)
        return _saved(slug, key, after="choice", acknowledged=True)
    signs = [gettext(BY_ID[name].short) for name in draft.evaluation.doctor_first]
    page = _page("choice", draft, offer, 2, form=form, signs=signs, key=key)
    return (page, 422) if form.errors else page


@booking.route("/<key>/contact", methods=["GET", "POST"])
@audience("public")
def contact_step(slug: str, key: str) -> Answer:
    draft, offer = _draft(slug, key)
    if next_step(draft) not in ("contact", "review"):
        return redirect(_next(slug, key, draft))
    form = _contact_form(draft, offer)
    if request.method == "POST" and request.form.get("use_email"):
        form.email.data = form.hinted.data = contact.email_key(request.form["use_email"])
    if request.method == "POST" and _goes_back():
        return _saved_to(slug, key, "questions/3", **_typed(form))
    if form.validate_on_submit() and _sound(form, offer):
        return _saved(slug, key, after="contact", contact_done=True, **_typed(form))
    page = _page("contact", draft, offer, 3, form=form, key=key)
    return (page, 422) if form.errors else page


@booking.route("/<key>/repeat", methods=["GET", "POST"])
@audience("public")
def repeat(slug: str, key: str) -> Answer:
    """A series: previewed date by date before it is taken over."""
    draft, offer = _draft(slug, key)
    if draft.offer or next_step(draft) != "review":
        return redirect(_next(slug, key, draft))
    form = RepeatForm(data={"every": str(draft.every_weeks), "count": draft.count if draft.count > 1 else 4})
    if request.method == "POST" and _goes_back():
        return redirect(_url(slug, key, "review"), 303)
    plan: list[Any] = []
    if form.validate_on_submit():
        every, count = int(form.every.data), form.count.data or 1
        if every == 0:
            return _saved(slug, key, after="repeat", every_weeks=0, count=1)
        plan = _plan(replace(draft, every_weeks=every, count=count), offer)
        if request.form.get("go") == "take" and all(each["free"] for each in plan):
            return _saved(slug, key, after="repeat", every_weeks=every, count=count)
    elif request.method == "GET":
        plan = _plan(draft, offer)
    page = _page("repeat", draft, offer, 4, form=form, plan=plan, key=key)
    return (page, 422) if form.errors else page


@booking.route("/<key>/time", methods=["GET", "POST"])
@audience("public")
def time(slug: str, key: str) -> Answer:
    """Another time for what is already filled in."""
    draft, offer = _draft(slug, key)
    if draft.evaluation.emergency:
        return redirect(_url(slug, key, "stop"))
    at = instant("at") if request.method == "POST" else None
    if at is not None:
        if is_free(db.session, offer.one, at, now()):
            return _saved(slug, key, after="time", starts_at=at.isoformat())
        return _taken(offer, at, key=key)
    first = day("from") or local(draft.at, offer.one.time_zone).date()
    shown = week(
        db.session,
        offer.one,
        first,
        now(),
        choose=lambda free: rfc3339(free.starts_at),
        page=lambda other: _url(slug, key, f"time?from={other.isoformat()}"),
    )
    return _page("time", draft, offer, 1, week=shown, key=key)


@booking.route("/<key>/review", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_BOOK", "POST")
def review(slug: str, key: str) -> Answer:
    """Everything once more; sending it makes the booking, once."""
    if request.method == "POST":
        return _send(slug, key)
    draft, offer = _draft(slug, key)
    if next_step(draft) != "review":
        return redirect(_next(slug, key, draft))
    return _review(draft, offer, key)


def _send(slug: str, key: str) -> Answer:
    secret, at = browser(), now()
    kept = services.draft_of(db.session, secret, key, at)
    try:
        with transaction() as own:
            draft = services.draft_of(own, secret, key, at, lock=True)
            token = draft.sent
            if not token:
                kept = draft
                _check_seen(own, draft)
                token = _book(own, draft, at)
                if draft.referral_id and request.form.get("tell_doctor") == "yes":
                    referrals.give_consent(own, token, at)
                services.finish_draft(own, secret, key, at, token)
    except DomainError as error:
        return _not_sent(kept, key, error)
    return redirect(f"/visits/{token}", 303) if _is_held(token) else redirect(f"/visits/{token}/done", 303)


def _check_seen(own: Any, draft: Draft) -> None:
    """What is sent must be what was shown: this draft, at these terms."""
    said, _, terms = request.form.get("seen", "").partition("-")
    if next_step(draft) != "review" or said != draft.fingerprint:
        raise Invalid(gettext("Something changed in another window. Please look once more."), code="draft-changed")
    if not draft.offer and terms != _terms(bookable(own, draft.service_id, draft.location_id, lock=True)):
        raise Invalid(gettext("The price or the terms have changed. Please look once more."), code="terms-changed")


def _terms(one: Bookable) -> str:
    """The same while the therapist offers the same: what the review says of price, length and rules."""
    said = (
        one.service_name, one.minutes, one.price_cents, one.currency, one.booking_mode, one.time_zone,
        one.accept_hours, one.cancel_cutoff, one.reschedule_cutoff,
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode()).hexdigest()[:32]


def _book(own: Any, draft: Draft, at: datetime) -> str:
    if draft.offer:
        return services.take_offer(own, draft.offer, draft.screening, draft.note, at).token
    person = replace(draft.contact, locale=str(get_locale() or "en"))
    asked = BookingRequest(
        draft.service_id,
        draft.location_id,
        draft.at,
        person,
        draft.screening,
        note=draft.note,
        referral_id=draft.referral_id,
        verified=_is_callers(person.email),
    )
    if draft.every_weeks:
        return services.book_series(own, asked, draft.every_weeks, draft.count, at)[0].token
    return services.book(own, asked, at).token


def _not_sent(draft: Draft, key: str, error: DomainError) -> Answer:
    """What was typed stays; the page says what to do."""
    if error.code in ("draft-ended", "offer-ended", "not-bookable", "visit-unknown"):
        raise error
    field = error.field if isinstance(error, Invalid) else None
    step = next_step(draft)
    if step != "review":
        return redirect(_url(draft.slug, key, step), 303)
    offer = _offer(draft.slug, draft.service_id, draft.location_id)
    near: Any = error.facts.get("times", [])
    dates: Any = error.facts.get("dates", [])
    page = _review(
        draft,
        offer,
        key,
        problem=error.message,
        mend_url=_url(draft.slug, key, STEP_OF_FIELD[field]) if field in STEP_OF_FIELD else None,
        time_lost=isinstance(error, Conflict) or field == "starts_at",
        near=[(local(each, offer.one.time_zone), rfc3339(each)) for each in near],
        lost_dates=[local(each, offer.one.time_zone) for each in dates],
    )
    return page, error.status


def _review(draft: Draft, offer: Offer, key: str, **more: Any) -> str:
    shown = {
        "problem": None, "mend_url": None, "time_lost": False, "near": [], "lost_dates": [],
        "signs": [gettext(BY_ID[name].short) for name in (*draft.evaluation.doctor_first, *draft.evaluation.precautions)],
        "changed": [gettext(BY_ID[name].short) for name in draft.changed],
        "plan": _plan(draft, offer),
        "seen": f"{draft.fingerprint}-{_terms(offer.one)}",
        "referrer": _referrer(draft.referral_id),
        "tell_doctor": request.form.get("tell_doctor") == "yes",
        **more,
    }  # fmt: skip
    return _page("review", draft, offer, 4, key=key, **shown)


def _referral() -> int | None:
    """The doctor's link by which this browser came, while it works."""
    link = carried(db.session)
    return link.id if link else None


def _referrer(referral_id: int | None) -> str | None:
    link = working(db.session, referral_id)
    return link.doctor_name if link else None


def _opened(draft: Draft, given: dict[str, bool]) -> Response:
    secret = browser()
    with transaction() as own:
        before = services.said_yes_before(own, secret, draft.slug, now())
        fresh = replace(draft, before=before)
        fresh = replace(fresh, **answer(fresh, given))
        key = services.open_draft(own, secret, fresh, now())
    return redirect(_next(draft.slug, key, fresh), 303)


def _saved(slug: str, key: str, *, after: str, **changes: Any) -> Response:
    """Keep what was said, and go on: to the review when the rest is there, except that questions follow questions."""
    with transaction() as own:
        draft = services.change_draft(own, browser(), key, now(), **changes)
    following = {
        "questions/1": "questions/2",
        "questions/2": "questions/3",
        "choice": "questions/3",
        "questions/3": "contact",
    }
    step = next_step(draft)
    if step == "review" and after in following and not request.args.get("change") and not draft.offer:
        step = following[after]  # type: ignore[assignment]
        if after == "questions/2" and draft.evaluation.doctor_first:
            step = "choice"
    return redirect(_url(slug, key, step), 303)


def _saved_to(slug: str, key: str, step: str, **changes: Any) -> Response:
    with transaction() as own:
        services.change_draft(own, browser(), key, now(), **changes)
    return redirect(_url(slug, key, step), 303)


def _back(slug: str, key: str, draft: Draft, number: int, changes: dict[str, Any]) -> Response:
    if number == 1:
        return _saved_to(slug, key, "time", **changes)
    after_choice = number == 3 and draft.evaluation.doctor_first
    return _saved_to(slug, key, "choice" if after_choice else f"questions/{number - 1}", **changes)


def _draft(slug: str, key: str) -> tuple[Draft, Offer]:
    draft = services.draft_of(db.session, browser(), key, now())
    if draft.slug != slug:
        raise NotFound("There is no such page.")
    if draft.sent:
        raise Conflict(gettext("This was sent already. The mail, or My visits, leads to it."), code="draft-sent")
    return draft, _offer(slug, draft.service_id, draft.location_id)


def _offer(slug: str, service_id: int, location_id: int) -> Offer:
    """What is booked; NotFound unless this therapist offers it there and may be booked at all."""
    if directory.profile(db.session, slug, listing_day(now())).level == Level.EXPIRED:
        raise NotFound(gettext("This therapist cannot be booked now."), code="not-bookable")
    for each in offers(db.session, slug):
        if (each.one.service_id, each.one.location_id) == (service_id, location_id):
            return each
    raise NotFound(gettext("This treatment cannot be booked there any more."), code="not-bookable")


def _taken(offer: Offer, at: datetime, key: str | None = None) -> tuple[str, int]:
    one = offer.one
    near = times_near(db.session, one, at, now())
    page = render_template(
        "scheduling/taken.html",
        offer=offer,
        past=at <= now(),
        starts_at=local(at, one.time_zone),
        near=[
            (
                local(each.starts_at, one.time_zone),
                book_url(offer.slug, one.service_id, one.location_id, each.starts_at),
                rfc3339(each.starts_at),
            )
            for each in near
        ],
        zone=zone_name(one.time_zone),
        zone_id=one.time_zone,
        times_url=times_url(offer.slug, one.service_id, one.location_id),
        form_url=_url(offer.slug, key, "time") if key else None,
    )
    return page, 409


def _page(name: str, draft: Draft, offer: Offer, step: int, **more: Any) -> str:
    shown = {"key": None, "back_url": None, **more}
    return render_template(
        f"scheduling/book/{name}.html",
        draft=draft,
        offer=offer,
        step=step,
        summary=summary(offer, draft.at, draft),
        url=lambda where: _url(draft.slug, shown["key"], where),
        **shown,
    )


def summary(offer: Offer, at: datetime, draft: Draft | None = None) -> dict[str, Any]:
    """The terms of a visit, before it is sent: when, where, price, cut-offs, by when the therapist answers."""
    one, moment = offer.one, now()
    return {
        "starts_at": local(at, one.time_zone),
        "zone": zone_name(one.time_zone),
        "zone_id": one.time_zone,
        "place": place(offer),
        "instant": one.booking_mode == "instant",
        "answer_by": local(deadlines.accept_by(moment, at, one.accept_hours), one.time_zone),
        "answer_span": span(one.accept_hours * 60),
        "cancel_until": _until(at, one.cancel_cutoff, one.time_zone, moment),
        "move_until": _until(at, one.reschedule_cutoff, one.time_zone, moment),
        "cancel_span": span(one.cancel_cutoff),
        "visits": draft.count if draft and draft.every_weeks else 1,
        "every_weeks": draft.every_weeks if draft else 0,
    }


def _until(at: datetime, cutoff: int, time_zone: str, moment: datetime) -> datetime | None:
    """The last moment for changing a visit online; None when that has passed already."""
    last = at - timedelta(minutes=cutoff)
    return local(last, time_zone) if last > moment else None


def _plan(draft: Draft, offer: Offer) -> list[dict[str, Any]]:
    if not draft.every_weeks:
        return []
    plan = series_plan(db.session, offer.one, draft.at, draft.every_weeks, draft.count, now())
    return [{"starts_at": local(each.starts_at, offer.one.time_zone), "free": each.free} for each in plan]


def _contact_form(draft: Draft, offer: Offer) -> ContactForm:
    user = caller()
    given = {name: getattr(draft, name) for name in PATIENT_FIELDS}
    if user and not draft.contact_done:
        given["name"], given["email"] = given["name"] or user.name, given["email"] or user.email
    form = ContactForm(data=given)
    form.email_needed = offer.one.booking_mode == "instant"
    form.home = offer.one.home_visit
    return form


def _typed(form: ContactForm) -> dict[str, Any]:
    limits = {"note": 2000, "address": 300}
    return {name: (getattr(form, name).data or "").strip()[: limits.get(name, 254)] for name in PATIENT_FIELDS}


def _sound(form: ContactForm, offer: Offer) -> bool:
    """The services' own check, said beside the field."""
    typed = replace(EMPTY, **_typed(form))
    try:
        contact.checked(typed.contact, offer.one.country)
    except Invalid as error:
        field = getattr(form, error.field or "", form.email)
        field.errors = [*field.errors, gettext(error.message)]
        return False
    return True


def _is_callers(email: str | None) -> bool:
    """Whether the address is that of who is signed in, and was confirmed once."""
    user = caller()
    return bool(user and user.confirmed_at and email and contact.email_key(email) == contact.email_key(user.email))


def _is_held(token: str) -> bool:
    return visit(db.session, token).state == "held"


def _sources(number: int) -> dict[str, Any]:
    used = {
        question.source.name: question.source for question in BY_ID.values() if question.group == GROUPS[number - 1]
    }
    return {"list": list(used.values()), "checked_on": CHECKED_ON}


def _goes_back() -> bool:
    return request.form.get("go") == "back"


def _next(slug: str, key: str, draft: Draft) -> str:
    return _url(slug, key, next_step(draft))


def _url(slug: str, key: str | None, step: str) -> str:
    return f"/therapists/{slug}/book/{key}/{step}"
