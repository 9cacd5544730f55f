"""A ServiceRequest as a filled-in form. What is not taken over is listed with system, code and words.

Patients' names are never read.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from app.core.errors import Invalid
from app.core.texts import N_, Sentence
from app.directory.catalogue import BY_SLUG, specialty_of
from app.referrals.codes import condition_of, is_massage
from app.referrals.fhir.parsing import parsed
from app.referrals.fhir.source import source_of

REQUEST_STATUS: Final = frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"})
INTENT: Final = frozenset(
    {
        "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order",
        "option",
    }
)  # fmt: skip
USED: Final = frozenset(
    {
        "resourceType", "id", "meta", "text", "language", "contained", "identifier", "status", "intent", "code",
        "reasonCode", "reasonReference", "note", "quantityQuantity", "occurrenceTiming", "occurrencePeriod", "subject",
        "doNotPerform",
    }
)  # fmt: skip
MOST_LINES: Final = 100
LONGEST_NOTE: Final = 2000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something in the request that this page does not take over. `where` is the element's path."""

    where: str
    words: str
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A code that is understood, and the specialty's slug that it means here; "" for massage itself."""

    where: str
    system: str
    code: str
    slug: str


@dataclass(slots=True)
class Imported:
    """What a request fills in. `source` is kept for the answer; `warnings` are sentences for the doctor.

    `more` counts what is not taken over beyond the MOST_LINES that `unknown` lists.
    """

    condition: str = ""
    technique: str = ""
    note: str = ""
    label: str = ""
    suggested_visits: int | None = None
    until: date | None = None
    known: list[Known] = field(default_factory=list)
    unknown: list[Unknown] = field(default_factory=list)
    more: int = 0
    warnings: list[str] = field(default_factory=list)
    source: str = ""

    def leave(self, where: str, words: str, system: str = "", code: str = "") -> None:
        if len(self.unknown) < MOST_LINES:
            self.unknown.append(Unknown(_text(where), words, system, code))
        else:
            self.more += 1


def read(text: str) -> Imported:
    """A ServiceRequest, alone or the only one of a Bundle, as a filled-in form; Invalid when it is none."""
    request = _the_request(parsed(text))
    status = request.get("status")
    _check(request)
    found = Imported(source=json.dumps(source_of(request)))
    if status != "active":
        found.warnings.append(Sentence("The request says of itself that it is “%(status)s”.", status=status))
    _read_codes(request, found)
    _read_rest(request, found)
    for name in request:
        if name not in USED:
            found.leave(name, _brief(request[name]))
    return found


def _the_request(whole: Any) -> Mapping[str, Any]:
    found = [whole]
    if isinstance(whole, Mapping) and whole.get("resourceType") == "Bundle":
        found = [each.get("resource") for each in _list(whole.get("entry")) if isinstance(each, Mapping)]
    requests = [each for each in found if isinstance(each, Mapping) and each.get("resourceType") == "ServiceRequest"]
    if len(requests) != 1:
        raise Invalid("This holds no FHIR ServiceRequest, or several.", field="json", code="fhir-type")
    return requests[0]


def _check(request: Mapping[str, Any]) -> None:
    """What R4 requires of every request, and the one member that turns its meaning round."""
    if request.get("status") not in [*REQUEST_STATUS]:
        raise Invalid("The request has no status that FHIR R4 knows.", field="json", code="fhir-status")
    if request.get("intent") not in [*INTENT]:
        raise Invalid("The request has no intent that FHIR R4 knows.", field="json", code="fhir-intent")
    if not isinstance(request.get("subject"), Mapping):
        raise Invalid("The request has no subject, which FHIR R4 requires.", field="json", code="fhir-subject")
    if request.get("doNotPerform") not in (None, False):
        raise Invalid("The request asks that this is not done.", field="json", code="fhir-not")


def _read_codes(request: Mapping[str, Any], found: Imported) -> None:
    conditions: dict[str, Any] = {}
    others = []
    for where, resource in _each(request, "contained", found):
        name = resource.get("id")
        if isinstance(name, str) and name not in conditions and resource.get("resourceType") == "Condition":
            conditions[name] = resource
        else:
            others.append((f"contained #{name}" if isinstance(name, str) else where, resource))
    _concept(request.get("code"), "code", found)
    for where, concept in _each(request, "reasonCode", found):
        _concept(concept, where, found)
    used = set()
    for where, reference in _each(request, "reasonReference", found):
        name = reference.get("reference")
        inside = conditions.get(name[1:]) if isinstance(name, str) and name.startswith("#") else None
        if inside is None:
            found.leave(where, _brief(reference.get("display") or name or reference))
        elif inside["id"] not in used:
            used.add(inside["id"])
            _concept(inside.get("code"), where, found)
    others += [(f"contained #{name}", each) for name, each in conditions.items() if name not in used]
    for where, resource in others:
        found.leave(where, _text(resource.get("resourceType")) or _brief(resource))


def _each(
    element: Mapping[str, Any], name: str, found: Imported, under: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects in a list of an element with their paths; what is there in another shape is listed."""
    value, path = element.get(name), f"{under}{name}"
    if value is not None and not isinstance(value, list):
        found.leave(path, _brief(value))
    for at, each in enumerate(_list(value)):
        if isinstance(each, Mapping):
            yield f"{path}[{at}]", each
        else:
            found.leave(f"{path}[{at}]", _brief(each))


def _concept(concept: Any, where: str, found: Imported) -> None:
    """A CodeableConcept: one known coding is enough; the codings that we do not know are listed all the same."""
    if concept is None:
        return
    if not isinstance(concept, Mapping):
        found.leave(where, _brief(concept))
        return
    text = _text(concept.get("text"))
    said = {
        _coding(each, where, text, found).casefold() for _path, each in _each(concept, "coding", found, f"{where}.")
    }
    if not text and not concept.get("coding"):
        found.leave(where, _brief(concept))
    elif text and text.casefold() not in said and not _by_words(text, where, found):
        found.leave(f"{where} text" if said else where, text)


def _coding(coding: Mapping[str, Any], where: str, text: str, found: Imported) -> str:
    """Take over one coding, or list it; the words in which it was said to the doctor."""
    system, code, display = (_text(coding.get(name)) for name in ("system", "code", "display"))
    slug = condition_of(system, code)
    if slug:
        _take_condition(slug, where, found)
    if slug or is_massage(system, code):
        found.known.append(Known(where, system, code, slug or ""))
    elif not _by_words(display, where, found):
        found.leave(where, display or text or _brief(coding), system, code)
        return display or text
    return display


def _by_words(words: str, where: str, found: Imported) -> bool:
    known = specialty_of(words) if words else None
    if known is None:
        return False
    if known.kind == "condition":
        _take_condition(known.slug, where, found)
    elif found.technique in ("", known.slug):
        found.technique = known.slug
    else:
        found.leave(where, f"also {known.name}: one link names one technique")
    return True


def _take_condition(slug: str, where: str, found: Imported) -> None:
    if found.condition and found.condition != slug:
        found.leave(where, f"also {BY_SLUG[slug].name}: one link is for one problem")
    found.condition = found.condition or slug


def _read_rest(request: Mapping[str, Any], found: Imported) -> None:
    notes = []
    for where, note in _each(request, "note", found):
        if isinstance(note.get("text"), str):
            notes.append(note["text"].strip())
        else:
            found.leave(where, _brief(note))
    whole = "\n".join(filter(None, notes))
    found.note = whole[:LONGEST_NOTE]
    if len(whole) > LONGEST_NOTE:
        found.leave("note", f"… {whole[LONGEST_NOTE:][:140]}")
        found.warnings.append(N_("The note is longer than 2000 letters: its end is not taken over."))
    labels = [_text(each.get("value")) for _where, each in _each(request, "identifier", found)]
    found.label = next(filter(None, labels), "")[:120]
    found.suggested_visits = _visits(request, found)
    found.until = _until(request.get("occurrencePeriod"), found)


def _until(period: Any, found: Imported) -> date | None:
    day = _day(_text(period.get("end"))) if isinstance(period, Mapping) else None
    if period is not None and day is None:
        found.leave("occurrencePeriod", _brief(period))
    return day


def _visits(request: Mapping[str, Any], found: Imported) -> int | None:
    """The number of visits, from the quantity or else from how often the timing repeats; the rest of both is listed."""
    quantity, timing = request.get("quantityQuantity"), request.get("occurrenceTiming")
    value = _count(quantity.get("value")) if isinstance(quantity, Mapping) else None
    if quantity is not None and value is None:
        found.leave("quantityQuantity", _brief(quantity))
    repeat = timing.get("repeat") if isinstance(timing, Mapping) else None
    repeated = _count(repeat.get("count")) if isinstance(repeat, Mapping) else None
    only_that = repeat == {"count": repeated} and timing == {"repeat": repeat} and value in (None, repeated)
    if timing is not None and not only_that:
        found.leave("occurrenceTiming", _brief(timing))
    return value or repeated


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 30 else None


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
