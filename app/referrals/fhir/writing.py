"""The answer to the doctor's record system: what may be known of a referral, in R4's words. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from app.referrals.statuses import Status

TASK_STATUS: Final[Mapping[Status, str]] = {
    "new": "requested",
    "opened": "requested",
    "never_booked": "requested",
    "requested": "received",
    "confirmed": "accepted",
    "attended": "completed",
    "no_show": "failed",
    "declined": "rejected",
    "cancelled": "cancelled",
}
BUSINESS_STATUS: Final[Mapping[Status, str]] = {
    "new": "not opened yet",
    "opened": "opened",
    "never_booked": "no booking to tell of",
    "requested": "requested",
    "confirmed": "confirmed",
    "attended": "attended",
    "no_show": "did not come",
    "declined": "not taken",
    "cancelled": "cancelled",
}
NPI: Final = "http://hl7.org/fhir/sid/us-npi"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the doctor may know, to be exported. `notes` are (written at, text) of outcome notes."""

    referral_id: int
    status: Status
    ended: bool
    created_at: datetime
    told_at: datetime
    condition: str
    doctor: str
    npi: str
    notes: Iterable[tuple[datetime, str]] = ()
    source: str | None = None


def write(outcome: Outcome) -> dict[str, Any]:
    """A Bundle of the ServiceRequest with its status, and a Task that says how far it got."""
    resources = _request(outcome), _task(outcome)
    entries = [{"fullUrl": _url(outcome, each["resourceType"]), "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": _instant(outcome.told_at), "entry": entries}


def _request(outcome: Outcome) -> dict[str, Any]:
    source = _source(outcome)
    identifier = {"identifier": source["identifier"]} if source.get("identifier") else {}
    return {
        "resourceType": "ServiceRequest",
        "id": f"referral-{outcome.referral_id}",
        **identifier,
        "status": _request_status(outcome),
        "intent": source.get("intent") or "order",
        "code": source.get("code") or {"text": f"Massage therapy: {outcome.condition}"},
        "subject": _subject(source),
        "authoredOn": _instant(outcome.created_at),
        "requester": _doctor(outcome),
    }


def _task(outcome: Outcome) -> dict[str, Any]:
    notes = [{"time": _instant(at), "text": text} for at, text in outcome.notes if text.strip()]
    revoked = _request_status(outcome) == "revoked"
    return {
        "resourceType": "Task",
        "id": f"outcome-{outcome.referral_id}",
        "status": "cancelled" if revoked else TASK_STATUS[outcome.status],
        "businessStatus": {"text": BUSINESS_STATUS[outcome.status]},
        "intent": "order",
        "focus": {"reference": _url(outcome, "ServiceRequest")},
        "for": _subject(_source(outcome)),
        "authoredOn": _instant(outcome.created_at),
        "lastModified": _instant(outcome.told_at),
        "requester": _doctor(outcome),
        **({"note": notes} if notes else {}),
    }


def _source(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outcome.source) if outcome.source else {}
    return found


def _subject(source: Mapping[str, Any]) -> dict[str, str]:
    known = source.get("subject")
    return {"reference": known} if known else {"display": "The patient of this referral"}


def _doctor(outcome: Outcome) -> dict[str, Any]:
    return {"identifier": {"system": NPI, "value": outcome.npi}, "display": outcome.doctor}


def _url(outcome: Outcome, kind: str) -> str:
    """The same for one referral every time; references inside the bundle are to it."""
    return f"urn:uuid:{uuid5(NAMESPACE_OID, f'{outcome.npi} {outcome.referral_id} {kind}')}"


def _request_status(outcome: Outcome) -> str:
    if outcome.status == "attended":
        return "completed"
    live = outcome.status in ("requested", "confirmed")
    return "revoked" if outcome.ended and not live else "active"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
