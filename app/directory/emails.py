"""The directory's messages: the code that proves a claim, and an admin's decision on one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.queries import language_of
from app.core import formats
from app.core.catalogues import ENGLISH
from app.directory.claim_models import Claim
from app.directory.models import Licence, Therapist
from app.directory.services.claims import address_of
from app.notifications.delivery import Renderer
from app.notifications.messages import Letterhead, Message
from app.notifications.rendering import write


def claim_code(_session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    written = write(letterhead, "directory/claim_code", {"code": facts["code"]}, locale=facts.get("language", ENGLISH))
    return Message(facts["to"], written.subject, written.text, written.html)


def claim_decided(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    claim = session.get(Claim, facts["claim"])
    to = address_of(session, claim) if claim else None
    if claim is None or to is None:
        return None
    name = session.get_one(Therapist, claim.therapist_id).name
    told = {"name": name, "granted": claim.state == "granted", "reason": claim.reason, "number": claim.id}
    locale = language_of(session, claim.user_id)
    written = write(letterhead, "directory/claim_decided", told, locale=locale)
    return Message(to, written.subject, written.text, written.html)


def licence_expires(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    """None when it was renewed, or is over for another reason, before the letter went."""
    row = session.get(Licence, facts["licence"])
    if row is None or not row.therapist.email or str(row.expires_on) != facts["expires_on"]:
        return None
    locale = language_of(session, row.therapist.user_id)
    day = formats.dated(row.expires_on, "long", locale) if row.expires_on else ""
    told = {"number": row.number, "jurisdiction": row.jurisdiction, "day": day}
    written = write(letterhead, "directory/licence_expires", told, locale=locale)
    return Message(row.therapist.email, written.subject, written.text, written.html)


def confirm_listing(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    """None when the page was confirmed before the letter went."""
    row = session.get(Therapist, facts["therapist"])
    if row is None or not row.email or str(row.confirmed_on) != facts["confirmed_on"]:
        return None
    locale = language_of(session, row.user_id)
    day = formats.dated(row.confirmed_on, "long", locale) if row.confirmed_on else ""
    told = {"day": day, "year": facts["days"] >= 365}
    written = write(letterhead, "directory/confirm_listing", told, locale=locale)
    return Message(row.email, written.subject, written.text, written.html)


RENDERERS: dict[str, Renderer] = {
    "directory.claim_code": claim_code,
    "directory.claim_decided": claim_decided,
    "directory.licence_expires": licence_expires,
    "directory.confirm_listing": confirm_listing,
}
