"""What is filled in so far, kept between the steps in a sealed draft of this browser, and which step follows."""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.errors import NotFound
from app.directory import queries as directory
from app.directory.licences import Level
from app.directory.listing import listing_day
from app.doors.database import db, transaction
from app.scheduling import services
from app.scheduling.draft import Draft, answer, next_step
from app.scheduling.queries import Offer, offers, visit
from app.web.scheduling.private import browser
from app.web.scheduling.visit.page import state_of


def draft_of(slug: str, key: str) -> tuple[Draft, Offer]:
    """The draft and what it is for. After it was sent, the Back button leads to the visit that became of it."""
    draft = services.draft_of(db.session, browser(), key, now())
    if draft.slug != slug:
        raise NotFound("There is no such page.")
    if draft.sent:
        abort(redirect(f"/visits/{draft.sent}", 303))
    return draft, offer_of(slug, draft.service_id, draft.location_id)


def offer_of(slug: str, service_id: int, location_id: int) -> Offer:
    """What is booked; NotFound unless this therapist offers it there and may be booked at all."""
    if directory.profile(db.session, slug, listing_day(now())).level == Level.EXPIRED:
        raise NotFound(gettext("This therapist cannot be booked now."), code="not-bookable")
    for each in offers(db.session, slug):
        if (each.one.service_id, each.one.location_id) == (service_id, location_id):
            return each
    raise NotFound(gettext("This treatment cannot be booked there any more."), code="not-bookable")


def own_visit(draft: Draft) -> Response | None:
    """To the visit, when it was this very browser that took the time, in another tab; None when somebody else did."""
    token = services.sent_before(db.session, browser(), draft, now())
    if token is None or state_of(visit(db.session, token), now()) not in ("held", "requested", "confirmed"):
        return None
    flash(gettext("You have booked this time already. This is your visit."), "ok")
    return redirect(f"/visits/{token}", 303)


def opened(draft: Draft, given: dict[str, bool]) -> Response:
    secret = browser()
    with transaction() as own:
        before = services.said_yes_before(own, secret, draft.slug, now())
        fresh = replace(draft, before=before)
        fresh = replace(fresh, **answer(fresh, given))
        key = services.open_draft(own, secret, fresh, now())
    return redirect(next_url(draft.slug, key, fresh), 303)


def saved(slug: str, key: str, *, after: str, **changes: Any) -> Response:
    """Keep what was said, and go on: to the review when the rest is there, except that questions follow questions."""
    draft = keep(key, **changes)
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
    return redirect(url_of(slug, key, step), 303)


def saved_to(slug: str, key: str, step: str, **changes: Any) -> Response:
    keep(key, **changes)
    return redirect(url_of(slug, key, step), 303)


def keep(key: str, **changes: Any) -> Draft:
    """What was said, complete or not."""
    with transaction() as own:
        return services.change_draft(own, browser(), key, now(), **changes)


def back(slug: str, key: str, draft: Draft, number: int, changes: dict[str, Any]) -> Response:
    if number == 1:
        return saved_to(slug, key, "time", **changes)
    after_choice = number == 3 and draft.evaluation.doctor_first
    return saved_to(slug, key, "choice" if after_choice else f"questions/{number - 1}", **changes)


def goes_back() -> bool:
    return request.form.get("go") == "back"


def next_url(slug: str, key: str, draft: Draft) -> str:
    return url_of(slug, key, next_step(draft))


def url_of(slug: str, key: str | None, step: str) -> str:
    return f"/therapists/{slug}/book/{key}/{step}"
