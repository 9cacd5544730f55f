"""The contact step: who comes, and how to reach them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import redirect, request
from flask_babel import gettext as _

from app.doors.audience import audience
from app.doors.caller import caller
from app.doors.database import db
from app.doors.locale import said
from app.scheduling import contact
from app.scheduling.draft import Draft, next_step
from app.scheduling.queries import Offer, beyond_reach
from app.web.formatting import distance, units_for
from app.web.scheduling.book.blueprint import Answer, booking
from app.web.scheduling.book.keeping import draft_of, goes_back, next_url, saved, saved_to
from app.web.scheduling.book.page import page_of
from app.web.scheduling.forms import AddressForm, ContactForm

PATIENT_FIELDS = ("whose", "name", "email", "phone", "visit_for", "address", "note")
ADDRESS_FIELDS = ("address", "note")
EMPTY = Draft("", 0, 0, "")


@booking.route("/<key>/contact", methods=["GET", "POST"])
@audience("public")
def contact_step(slug: str, key: str) -> Answer:
    draft, offer = draft_of(slug, key)
    if next_step(draft) not in ("contact", "review"):
        return redirect(next_url(slug, key, draft))
    if draft.offer:
        return _where(slug, key, draft, offer)
    form = _contact_form(draft, offer)
    if request.method == "POST" and request.form.get("use_email"):
        form.email.data = form.hinted.data = contact.email_key(request.form["use_email"])
    if request.method == "POST" and goes_back():
        return saved_to(slug, key, "questions/3", **_typed(form))
    complete = form.validate_on_submit()
    if request.method == "POST" and _sound(form, offer) and complete and _near_enough(form, offer):
        return saved(slug, key, after="contact", contact_done=True, **_typed(form))
    page = page_of("contact", draft, offer, 3, form=form, key=key)
    return (page, 422) if form.errors else page


def _where(slug: str, key: str, draft: Draft, offer: Offer) -> Answer:
    """Of a time that the waitlist offers all is known but where to come to, for a visit at home."""
    if not offer.one.home_visit:
        return redirect(next_url(slug, key, draft))
    form = AddressForm(data={"address": draft.address, "note": draft.note})
    if request.method == "POST" and goes_back():
        return saved_to(slug, key, "questions/3", **_typed(form, ADDRESS_FIELDS))
    if form.validate_on_submit() and _near_enough(form, offer):
        return saved(slug, key, after="contact", contact_done=True, **_typed(form, ADDRESS_FIELDS))
    page = page_of("where", draft, offer, 3, form=form, key=key)
    return (page, 422) if form.errors else page


def _contact_form(draft: Draft, offer: Offer) -> ContactForm:
    user = caller()
    given = {name: getattr(draft, name) for name in PATIENT_FIELDS}
    if user and not draft.contact_done:
        given["name"], given["email"] = given["name"] or user.name, given["email"] or user.email
    form = ContactForm(data=given)
    form.email_needed = offer.one.booking_mode == "instant"
    form.home = offer.one.home_visit
    return form


def _typed(form: ContactForm | AddressForm, names: Sequence[str] = PATIENT_FIELDS) -> dict[str, Any]:
    limits = {"note": 2000, "address": 300}
    return {name: (getattr(form, name).data or "").strip()[: limits.get(name, 254)] for name in names}


def _sound(form: ContactForm, offer: Offer) -> bool:
    """The services' own check, said beside each field."""
    typed = replace(EMPTY, **_typed(form))
    wrong = contact.wrong(typed.contact, offer.one.country)
    for error in wrong:
        field = getattr(form, error.field or "", form.email)
        field.errors = field.errors or [said(error)]
    return not wrong


def _near_enough(form: ContactForm | AddressForm, offer: Offer) -> bool:
    """Ask once about an address that seems farther away than they come; the same one again is an answer."""
    address = " ".join((form.address.data or "").split()) if form.home else ""
    place = beyond_reach(db.session, offer.one.location_id, address) if address else None
    if place is None or form.sure_of.data == address:
        return True
    form.sure_of.data = address
    reach = distance(offer.radius_km or 0, units_for(offer.one.country))
    asked = _(
        "That seems to be in %(place)s. %(name)s comes to homes within %(reach)s. Change it, or send it again if it is right.",
        place=place, name=offer.therapist_name, reach=reach,
    )  # fmt: skip
    form.address.errors = [*form.address.errors, asked]
    return False
