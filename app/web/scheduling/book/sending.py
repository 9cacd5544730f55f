"""The last step: everything once more, and the button that makes the booking, once."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import redirect, request
from flask_babel import get_locale, gettext

from app.core.clock import now
from app.core.errors import Conflict, DomainError, Invalid
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limit, spend_unproved
from app.doors.locale import said
from app.referrals import services as referrals
from app.scheduling import services
from app.scheduling.draft import Draft, next_step
from app.scheduling.queries import Bookable, Offer, bookable, is_free, visit
from app.scheduling.safety import BY_ID
from app.scheduling.services import BookingRequest
from app.web.referrals.carrying import working
from app.web.scheduling.asking import rfc3339
from app.web.scheduling.book.blueprint import Answer, booking
from app.web.scheduling.book.keeping import draft_of, next_url, offer_of, own_visit, url_of
from app.web.scheduling.book.page import page_of, plan_of, taken
from app.web.scheduling.private import browser, is_callers
from app.web.scheduling.words import local

STEP_OF_FIELD = {
    "answers": "questions/1",
    "acknowledged": "choice",
    "name": "contact",
    "email": "contact",
    "phone": "contact",
    "address": "contact",
    "count": "repeat",
}
"""Where the person can mend what a service refused."""
STEP_OF_CODE = {"too-many-unproved": "contact", "too-many-unanswered": "contact"}


@booking.route("/<key>/review", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_BOOK", "POST")
def review(slug: str, key: str) -> Answer:
    """Everything once more; sending it makes the booking, once."""
    if request.method == "POST":
        return _send(slug, key)
    draft, offer = draft_of(slug, key)
    if next_step(draft) != "review":
        return redirect(next_url(slug, key, draft))
    if not draft.offer and not is_free(db.session, offer.one, draft.at, now()):
        return own_visit(draft) or taken(offer, draft.at, key=key)
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
                link = working(own, draft.referral_id)
                token = _book(own, draft, link.id if link else None, at)
                if link and request.form.get("tell_doctor") == "yes":
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


def _book(own: Any, draft: Draft, referral_id: int | None, at: datetime) -> str:
    """`referral_id` is of the doctor's link if it still works: one that was taken back meanwhile carries no note."""
    if draft.offer:
        return services.take_offer(own, draft.offer, draft.screening, draft.note, at, draft.address).token
    person = replace(draft.contact, locale=str(get_locale() or "en"))
    if not person.email:
        spend_unproved()
    asked = BookingRequest(
        draft.service_id,
        draft.location_id,
        draft.at,
        person,
        draft.screening,
        note=draft.note,
        referral_id=referral_id,
        verified=is_callers(person.email),
    )
    if draft.every_weeks:
        return services.book_series(own, asked, draft.every_weeks, draft.count, at)[0].token
    return services.book(own, asked, at).token


def _not_sent(draft: Draft, key: str, error: DomainError) -> Answer:
    """What was typed stays; the page says what to do."""
    if error.code == "offer-ended" and draft.offer:
        return redirect(f"/visits/{draft.offer}", 303)
    if error.code in ("draft-ended", "not-bookable", "visit-unknown"):
        raise error
    mine = own_visit(draft) if error.code == "time-taken" else None
    if mine:
        return mine
    field = error.field if isinstance(error, Invalid) else None
    mended_at = STEP_OF_CODE.get(error.code or "") or STEP_OF_FIELD.get(field or "")
    step = next_step(draft)
    if step != "review":
        return redirect(url_of(draft.slug, key, step), 303)
    offer = offer_of(draft.slug, draft.service_id, draft.location_id)
    near: Any = error.facts.get("times", [])
    dates: Any = error.facts.get("dates", [])
    page = _review(
        draft,
        offer,
        key,
        problem=said(error),
        mend_url=url_of(draft.slug, key, mended_at) if mended_at else None,
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
        "plan": plan_of(draft, offer),
        "seen": f"{draft.fingerprint}-{_terms(offer.one)}",
        "referrer": _referrer(draft.referral_id),
        "tell_doctor": request.form.get("tell_doctor") == "yes",
        **more,
    }  # fmt: skip
    return page_of("review", draft, offer, 4, key=key, **shown)


def _referrer(referral_id: int | None) -> str | None:
    link = working(db.session, referral_id)
    return link.doctor_name if link else None


def _is_held(token: str) -> bool:
    return visit(db.session, token).state == "held"
