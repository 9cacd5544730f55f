"""`/therapists/<slug>/book`: one question-group a screen, everything kept in a sealed draft of this browser."""

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext

from app.core.clock import now
from app.core.errors import NotFound
from app.doors.audience import audience
from app.doors.database import db
from app.doors.limits import limit
from app.scheduling import services
from app.scheduling.draft import GROUPS, Draft, answer, next_step
from app.scheduling.queries import is_free
from app.scheduling.safety import BY_ID
from app.web.referrals.carrying import carried
from app.web.scheduling.asking import day, instant, number, rfc3339, times_url
from app.web.scheduling.book.blueprint import Answer, booking
from app.web.scheduling.book.keeping import (
    back,
    draft_of,
    goes_back,
    keep,
    next_url,
    offer_of,
    opened,
    own_visit,
    saved,
    url_of,
)
from app.web.scheduling.book.page import page_of, plan_of, sources_of, taken
from app.web.scheduling.forms import ChoiceForm, RepeatForm, answers_in, questions_form
from app.web.scheduling.private import browser
from app.web.scheduling.weeks import week
from app.web.scheduling.words import local


@booking.route("", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_BOOK", "POST")
def start(slug: str) -> Answer:
    """The first questions for a time. GET keeps nothing; the answers open a draft.

    Every yes here is a sign of an emergency: it counts whatever else is left unanswered.
    """
    service_id, location_id, at = number("service"), number("location"), instant("at")
    if service_id is None or location_id is None or at is None:
        return redirect(f"/therapists/{slug}/times")
    offer = offer_of(slug, service_id, location_id)
    draft = Draft(slug, service_id, location_id, at.isoformat(), referral_id=_referral())
    if not is_free(db.session, offer.one, at, now()):
        return own_visit(draft) or taken(offer, at)
    form = questions_form("emergency", {})
    given = answers_in(form) if request.method == "POST" else {}
    if form.validate_on_submit() or any(given.values()):
        return opened(draft, given)
    earlier = times_url(slug, service_id, location_id, local(at, offer.one.time_zone).date())
    page = page_of("questions", draft, offer, 2, form=form, number=1, back_url=earlier, sources=sources_of(1))
    return (page, 422) if form.errors else page


@booking.route("/<key>/questions/<int:number>", methods=["GET", "POST"])
@audience("public")
def questions(slug: str, key: str, number: int) -> Answer:
    draft, offer = draft_of(slug, key)
    if number not in (1, 2, 3):
        raise NotFound("There is no such page.")
    form = questions_form(GROUPS[number - 1], draft.answers)
    if request.method == "POST":
        given = answers_in(form)
        changes = answer(draft, given)
        if goes_back():
            return back(slug, key, draft, number, changes)
        if form.validate() or (number == 1 and any(given.values())):
            return saved(slug, key, after=f"questions/{number}", **changes)
        keep(key, **changes)
    if draft.evaluation.emergency and number != 1:
        return redirect(url_of(slug, key, "stop"))
    page = page_of("questions", draft, offer, 2, form=form, number=number, key=key, sources=sources_of(number))
    return (page, 422) if form.errors else page


@booking.get("/<key>/stop")
@audience("public")
def stop(slug: str, key: str) -> Answer:
    """Getting help now, without times."""
    draft = services.draft_of(db.session, browser(), key, now())
    if not draft.evaluation.emergency:
        return redirect(next_url(slug, key, draft))
    return render_template("scheduling/help_now.html", back_url=url_of(slug, key, "questions/1"))


@booking.route("/<key>/choice", methods=["GET", "POST"])
@audience("public")
def choice(slug: str, key: str) -> Answer:
    """Signs that a doctor should look at first: going on needs a deliberate choice."""
    draft, offer = draft_of(slug, key)
    if not draft.evaluation.doctor_first or draft.evaluation.emergency:
        return redirect(next_url(slug, key, draft))
    form = ChoiceForm(data={"choice": "go_on" if draft.acknowledged else None})
    if request.method == "POST" and goes_back():
        return redirect(url_of(slug, key, "questions/2"), 303)
    if form.validate_on_submit():
        if form.choice.data == "doctor":
            return page_of("doctor_first", draft, offer, 2, key=key)
        return saved(slug, key, after="choice", acknowledged=True)
    signs = [gettext(BY_ID[name].short) for name in draft.evaluation.doctor_first]
    page = page_of("choice", draft, offer, 2, form=form, signs=signs, key=key)
    return (page, 422) if form.errors else page


@booking.route("/<key>/repeat", methods=["GET", "POST"])
@audience("public")
def repeat(slug: str, key: str) -> Answer:
    """A series: previewed date by date before it is taken over."""
    draft, offer = draft_of(slug, key)
    if draft.offer or next_step(draft) != "review":
        return redirect(next_url(slug, key, draft))
    form = RepeatForm(data={"every": str(draft.every_weeks), "count": draft.count if draft.count > 1 else 4})
    if request.method == "POST" and goes_back():
        return redirect(url_of(slug, key, "review"), 303)
    plan: list[Any] = []
    if form.validate_on_submit():
        every, count = int(form.every.data), form.count.data or 1
        if every == 0:
            return saved(slug, key, after="repeat", every_weeks=0, count=1)
        plan = plan_of(replace(draft, every_weeks=every, count=count), offer)
        if request.form.get("go") == "take" and all(each["free"] for each in plan):
            return saved(slug, key, after="repeat", every_weeks=every, count=count)
    elif request.method == "GET":
        plan = plan_of(draft, offer)
    page = page_of("repeat", draft, offer, 4, form=form, plan=plan, key=key)
    return (page, 422) if form.errors else page


@booking.route("/<key>/time", methods=["GET", "POST"])
@audience("public")
def time(slug: str, key: str) -> Answer:
    """Another time for what is already filled in. The waitlist offers one time, and no other."""
    draft, offer = draft_of(slug, key)
    if draft.offer:
        return redirect(f"/visits/{draft.offer}", 303)
    if draft.evaluation.emergency:
        return redirect(url_of(slug, key, "stop"))
    at = instant("at") if request.method == "POST" else None
    if at is not None:
        if is_free(db.session, offer.one, at, now()):
            return saved(slug, key, after="time", starts_at=at.isoformat())
        return taken(offer, at, key=key)
    first = day("from") or local(draft.at, offer.one.time_zone).date()
    shown = week(
        db.session,
        offer.one,
        first,
        now(),
        choose=lambda free: rfc3339(free.starts_at),
        page=lambda other: url_of(slug, key, f"time?from={other.isoformat()}"),
    )
    return page_of("time", draft, offer, 1, week=shown, key=key)


def _referral() -> int | None:
    """The doctor's link by which this browser came, while it works."""
    link = carried(db.session)
    return link.id if link else None
