"""The directory's messages: the code that proves a claim, and an admin's decision on one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.directory.claim_models import Claim
from app.directory.models import Therapist
from app.directory.services.claims import address_of
from app.notifications.delivery import Renderer
from app.notifications.messages import Letterhead, Message
from app.notifications.rendering import write


def claim_code(_session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    written = write(letterhead, "directory/claim_code", {"code": facts["code"]})
    return Message(facts["to"], written.subject, written.text, written.html)


def claim_decided(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    claim = session.get(Claim, facts["claim"])
    to = address_of(session, claim) if claim else None
    if claim is None or to is None:
        return None
    name = session.get_one(Therapist, claim.therapist_id).name
    told = {"name": name, "granted": claim.state == "granted", "reason": claim.reason}
    written = write(letterhead, "directory/claim_decided", told)
    return Message(to, written.subject, written.text, written.html)


RENDERERS: dict[str, Renderer] = {"directory.claim_code": claim_code, "directory.claim_decided": claim_decided}
