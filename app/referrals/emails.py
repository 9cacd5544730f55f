"""The messages about referrals. No subject, address or line of the digest names a complaint or a treatment."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core.catalogues import texts
from app.core.clock import now
from app.core.texts import N_
from app.notifications.delivery import Renderer
from app.notifications.messages import Letterhead, Message
from app.notifications.rendering import write
from app.referrals import links
from app.referrals.models import Doctor, Referral


def link(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    """The link for the patient, in the language that the doctor chose; not when it was taken back meanwhile."""
    referral = session.get(Referral, facts["referral"])
    doctor = session.get(Doctor, referral.doctor_id) if referral else None
    if referral is None or doctor is None:
        return None
    seen = links.LinkFacts(doctor.state, doctor.user_id is not None, referral.revoked_at, referral.valid_until)
    if links.standing(seen, now()) != "works":
        return None
    address = f"{letterhead.base_url}/r/{referral.code}"
    words = {"doctor": doctor.name, "practice": doctor.practice, "link": address}
    written = write(letterhead, "referral/link", words, locale=facts["language"])
    return Message(facts["to"], written.subject, written.text, written.html)


def doctor_decided(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    doctor = session.get(Doctor, facts["doctor"])
    user = session.get(User, doctor.user_id) if doctor and doctor.user_id else None
    if doctor is None or user is None:
        return None
    words = {"doctor": doctor.name, "verified": doctor.state == "verified", "reason": doctor.reason}
    written = write(letterhead, "referral/doctor_decided", words, locale=user.language)
    return Message(user.email, written.subject, written.text, written.html)


def digest(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    doctor = session.get(Doctor, facts["doctor"])
    user = session.get(User, doctor.user_id) if doctor and doctor.user_id else None
    if doctor is None or user is None or not doctor.weekly_digest:
        return None
    numbers: Mapping[str, int] = facts["numbers"]
    lines = [
        (N_("Links opened for the first time"), numbers["opened"]),
        (N_("Visits asked for"), numbers["requested"]),
        (N_("Visits confirmed"), numbers["confirmed"]),
        (N_("Visits that took place"), numbers["attended"]),
        (N_("Visits that did not come about"), numbers["not_taken"]),
    ]
    say = texts(user.language).gettext
    table = [(say(label), str(count)) for label, count in lines if count]
    written = write(letterhead, "referral/digest", {"doctor": doctor.name}, locale=user.language, table=table)
    return Message(user.email, written.subject, written.text, written.html)


RENDERERS: dict[str, Renderer] = {
    "referral.link": link,
    "referral.doctor_decided": doctor_decided,
    "referral.digest": digest,
}
