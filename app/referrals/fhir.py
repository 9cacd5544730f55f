"""FHIR R4 in and out: a ServiceRequest fills in a referral; the outcome goes back as ServiceRequest and Task. Pure.

What we do not know is listed for the doctor with system, code and words. Patients' names are never read.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from app.core.errors import Invalid
from app.directory.catalogue import specialty_of
from app.referrals.codes import MASSAGE, condition_of
from app.referrals.statuses import Status

MOST_BYTES: Final = 512 * 1024
REQUEST_STATUS: Final = frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"})
INTENT: Final = frozenset(
    {
        "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order",
        "option",
    }
)  # fmt: skip
USED: Final = frozenset(
    {
        "resourceType", "id", "meta", "text", "language", "implicitRules", "contained", "identifier", "status", "intent",
        "code", "reasonCode", "reasonReference", "note", "quantityQuantity", "occurrenceTiming", "occurrencePeriod",
        "subject",
    }
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something in the request that this page does not take over. `where` is the element's path."""

    where: str
    words: str
    system: str = ""
    code: str = ""


@dataclass(slots=True)
class Imported:
    """What a request fills in. `source` is kept for the answer; `warnings` are sentences for the doctor."""

    condition: str = ""
    technique: str = ""
    note: str = ""
    label: str = ""
    suggested_visits: int | None = None
    until: date | None = None
    unknown: list[Unknown] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    source: str = ""


def read(text: str) -> Imported:
    """A ServiceRequest, alone or the only one of a Bundle, as a filled-in form; Invalid when it is none."""
    request = _the_request(_parsed(text))
    status, intent = request.get("status"), request.get("intent")
    if status not in REQUEST_STATUS:
        raise Invalid("The request has no status that FHIR R4 knows.", field="json", code="fhir-status")
    if intent not in INTENT:
        raise Invalid("The request has no intent that FHIR R4 knows.", field="json", code="fhir-intent")
    if not isinstance(request.get("subject"), Mapping):
        raise Invalid("The request has no subject, which FHIR R4 requires.", field="json", code="fhir-subject")
    found = Imported(source=json.dumps(_source(request)))
    if status != "active":
        found.warnings.append(f"The request says of itself that it is “{status}”.")
    _read_codes(request, found)
    _read_rest(request, found)
    found.unknown += [Unknown(name, _brief(request[name])) for name in request if name not in USED]
    return found


def _parsed(text: str) -> Any:
    if len(text.encode()) > MOST_BYTES:
        raise Invalid("This file is larger than a referral can be.", field="json", code="fhir-large")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("This is not JSON. Paste the whole ServiceRequest.", field="json", code="fhir-json") from error


def _the_request(whole: Any) -> Mapping[str, Any]:
    found = [whole]
    if isinstance(whole, Mapping) and whole.get("resourceType") == "Bundle":
        found = [each.get("resource") for each in _list(whole.get("entry")) if isinstance(each, Mapping)]
    requests = [each for each in found if isinstance(each, Mapping) and each.get("resourceType") == "ServiceRequest"]
    if len(requests) != 1:
        raise Invalid("This holds no FHIR ServiceRequest, or several.", field="json", code="fhir-type")
    return requests[0]


def _source(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the answer repeats, so that the sender knows its own request again."""
    subject = request["subject"].get("reference")
    identifiers = [each for each in _list(request.get("identifier")) if isinstance(each, Mapping)][:5]
    return {
        "id": request["id"] if isinstance(request.get("id"), str) else None,
        "identifier": [{key: each[key] for key in ("system", "value") if isinstance(each.get(key), str)} for each in identifiers],
        "subject": subject if isinstance(subject, str) else None,
        "intent": request["intent"],
        "code": request.get("code") if isinstance(request.get("code"), Mapping) else None,
    }  # fmt: skip


def _read_codes(request: Mapping[str, Any], found: Imported) -> None:
    contained = {
        each.get("id"): each
        for each in _list(request.get("contained"))
        if isinstance(each, Mapping) and isinstance(each.get("id"), str)
    }
    used = set()
    _concept(request.get("code"), "code", found)
    for at, concept in enumerate(_list(request.get("reasonCode"))):
        _concept(concept, f"reasonCode[{at}]", found)
    for at, reference in enumerate(_list(request.get("reasonReference"))):
        name = str(reference.get("reference", "")) if isinstance(reference, Mapping) else ""
        inside = contained.get(name.removeprefix("#"))
        used.add(name.removeprefix("#"))
        if inside is not None and inside.get("resourceType") == "Condition":
            _concept(inside.get("code"), f"reasonReference[{at}]", found)
        else:
            words = _brief(reference.get("display") or name) if isinstance(reference, Mapping) else _brief(reference)
            found.unknown.append(Unknown(f"reasonReference[{at}]", words))
    for key, resource in contained.items():
        if key not in used:
            found.unknown.append(Unknown(f"contained #{key}", str(resource.get("resourceType", ""))))


def _concept(concept: Any, where: str, found: Imported) -> None:
    """A CodeableConcept: one known coding is enough; the codings that we do not know are listed all the same."""
    if concept is None:
        return
    if not isinstance(concept, Mapping):
        found.unknown.append(Unknown(where, _brief(concept)))
        return
    text = _text(concept.get("text"))
    codings = [each for each in _list(concept.get("coding")) if isinstance(each, Mapping)]
    for each in codings:
        system, code = _text(each.get("system")), _text(each.get("code"))
        slug = condition_of(system, code)
        if slug:
            _take_condition(slug, where, found)
        elif (system, code) not in MASSAGE and not _by_words(_text(each.get("display")), where, found):
            found.unknown.append(Unknown(where, _text(each.get("display")) or text, system, code))
    if not codings and not _by_words(text, where, found):
        found.unknown.append(Unknown(where, text or _brief(concept)))


def _by_words(words: str, where: str, found: Imported) -> bool:
    known = specialty_of(words) if words else None
    if known is None:
        return False
    if known.kind == "technique":
        found.technique = found.technique or known.slug
    else:
        _take_condition(known.slug, where, found)
    return True


def _take_condition(slug: str, where: str, found: Imported) -> None:
    if found.condition and found.condition != slug:
        found.unknown.append(Unknown(where, f"also {slug.replace('-', ' ')}: one link is for one problem"))
    found.condition = found.condition or slug


def _read_rest(request: Mapping[str, Any], found: Imported) -> None:
    notes = [_text(each.get("text")) for each in _list(request.get("note")) if isinstance(each, Mapping)]
    found.note = "\n".join(filter(None, notes))[:2000]
    identifiers = [each for each in _list(request.get("identifier")) if isinstance(each, Mapping)]
    found.label = _text(identifiers[0].get("value"))[:120] if identifiers else ""
    found.suggested_visits = _visits(request, found)
    period = request.get("occurrencePeriod")
    end = _text(period.get("end")) if isinstance(period, Mapping) else ""
    found.until = _day(end)
    if period is not None and found.until is None:
        found.unknown.append(Unknown("occurrencePeriod", _brief(period)))


def _visits(request: Mapping[str, Any], found: Imported) -> int | None:
    quantity, timing = request.get("quantityQuantity"), request.get("occurrenceTiming")
    value = quantity.get("value") if isinstance(quantity, Mapping) else None
    where, whole = ("quantityQuantity", quantity) if quantity is not None else ("occurrenceTiming", timing)
    if value is None and isinstance(timing, Mapping) and isinstance(timing.get("repeat"), Mapping):
        value = timing["repeat"].get("count")
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 30:
        return value
    if whole is not None:
        found.unknown.append(Unknown(where, _brief(whole)))
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if _DATE.match(text) else None
    except ValueError:
        return None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    return " ".join(value.split())[:300] if isinstance(value, str) else ""


def _brief(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 160 else text[:159] + "…"


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
    source = json.loads(outcome.source) if outcome.source else {}
    subject = {"reference": source["subject"]} if source.get("subject") else {"display": "The patient of this referral"}
    doctor = {
        "display": outcome.doctor,
        "identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": outcome.npi},
    }
    request: dict[str, Any] = {
        "resourceType": "ServiceRequest",
        "id": f"referral-{outcome.referral_id}",
        "status": _request_status(outcome),
        "intent": source.get("intent") or "order",
        "code": source.get("code") or {"text": f"Massage therapy: {outcome.condition}"},
        "subject": subject,
        "authoredOn": _instant(outcome.created_at),
        "requester": doctor,
    }
    if source.get("identifier"):
        request["identifier"] = source["identifier"]
    task: dict[str, Any] = {
        "resourceType": "Task",
        "id": f"outcome-{outcome.referral_id}",
        "status": "cancelled" if request["status"] == "revoked" else TASK_STATUS[outcome.status],
        "businessStatus": {"text": outcome.status.replace("_", " ")},
        "intent": "order",
        "focus": {"reference": f"ServiceRequest/referral-{outcome.referral_id}"},
        "authoredOn": _instant(outcome.created_at),
        "lastModified": _instant(outcome.told_at),
        "requester": doctor,
    }
    notes = [{"time": _instant(at), "text": text} for at, text in outcome.notes]
    if notes:
        task["note"] = notes
    entries = [{"resource": each} for each in (request, task)]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": _instant(outcome.told_at), "entry": entries}


def _request_status(outcome: Outcome) -> str:
    if outcome.status == "attended":
        return "completed"
    live = outcome.status in ("requested", "confirmed")
    return "revoked" if outcome.ended and not live else "active"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
