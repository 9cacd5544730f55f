"""A strict reading of the FHIR R4 shapes that we write (hl7.org/fhir/R4): members, cardinalities, types, value sets.

An object may have no member that is not named here, nothing may be empty, and every code is of its required value set.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any, str], None]

DATE_TIME = re.compile(
    r"([0-9]{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2]\d|3[0-1])"
    r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]((0\d|1[0-3]):[0-5]\d|14:00)))?)?)?"
)
INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
REQUEST_STATUS = ["draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"]
TASK_STATUS = [
    "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
    "completed", "entered-in-error",
]  # fmt: skip
REQUEST_INTENT = [
    "proposal", "plan", "directive", "order", "original-order", "reflex-order", "filler-order", "instance-order",
    "option",
]  # fmt: skip
TASK_INTENT = ["unknown", *(each for each in REQUEST_INTENT if each != "directive")]


class NotR4(AssertionError):
    pass


def _need(true: bool, where: str, why: str) -> None:
    if not true:
        raise NotR4(f"{where}: {why}")


def pattern(regex: str | re.Pattern[str]) -> Check:
    def check(value: Any, where: str) -> None:
        _need(isinstance(value, str) and re.fullmatch(regex, value) is not None, where, f"{value!r} is malformed")

    return check


def one_of(values: list[str]) -> Check:
    return lambda value, where: _need(isinstance(value, str) and value in values, where, f"{value!r} is no code of it")


def text(value: Any, where: str) -> None:
    _need(isinstance(value, str) and bool(value.strip()) and len(value) <= 1024**2, where, "no string of R4")
    _need(not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", value), where, "control characters")


def many(check: Check) -> Check:
    def each(value: Any, where: str) -> None:
        _need(isinstance(value, list) and bool(value), where, "a list with something in it")
        for at, one in enumerate(value):
            check(one, f"{where}[{at}]")

    return each


def shape(members: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    def check(value: Any, where: str) -> None:
        _need(isinstance(value, dict) and bool(value), where, "an object with something in it")
        _need(value.keys() <= members.keys(), where, f"has {sorted(value.keys() - members.keys())}")
        _need(value.keys() >= set(required), where, f"lacks {sorted(set(required) - value.keys())}")
        for name, one in value.items():
            members[name](one, f"{where}.{name}")

    return check


uri, date_time, instant = pattern(r"\S+"), pattern(DATE_TIME), pattern(INSTANT)
identifier = shape({"system": uri, "value": text})
coding = shape({"system": uri, "code": pattern(r"[^\s]+(\s[^\s]+)*"), "display": text})
concept = shape({"coding": many(coding), "text": text})
reference = shape({"reference": pattern(r"[^#\s]\S*"), "identifier": identifier, "display": text})
annotation = shape({"time": date_time, "text": text}, ("text",))
resource_id = pattern(r"[A-Za-z0-9\-.]{1,64}")

SHAPES = {
    "ServiceRequest": shape(
        {
            "resourceType": one_of(["ServiceRequest"]), "id": resource_id, "identifier": many(identifier),
            "status": one_of(REQUEST_STATUS), "intent": one_of(REQUEST_INTENT), "code": concept, "subject": reference,
            "authoredOn": date_time, "requester": reference,
        },
        ("resourceType", "status", "intent", "subject"),
    ),
    "Task": shape(
        {
            "resourceType": one_of(["Task"]), "id": resource_id, "status": one_of(TASK_STATUS),
            "businessStatus": concept, "intent": one_of(TASK_INTENT), "focus": reference, "for": reference,
            "authoredOn": date_time, "lastModified": date_time, "requester": reference, "note": many(annotation),
        },
        ("resourceType", "status", "intent"),
    ),
}  # fmt: skip


def _resource(value: Any, where: str) -> None:
    _need(isinstance(value, dict) and value.get("resourceType") in SHAPES, where, "no resource that we write")
    SHAPES[value["resourceType"]](value, where)


bundle = shape(
    {
        "resourceType": one_of(["Bundle"]),
        "type": one_of(["collection"]),
        "timestamp": instant,
        "entry": many(shape({"fullUrl": pattern(r"urn:uuid:[0-9a-f-]{36}"), "resource": _resource}, ("resource",))),
    },
    ("resourceType", "type"),
)


def check(whole: Any) -> None:
    """NotR4 says what is wrong: shapes first, then the invariants bdl-7, tsk-1 (inv-1), and references that lead on."""
    bundle(whole, "Bundle")
    urls = [each["fullUrl"] for each in whole["entry"]]
    _need(len(urls) == len(set(urls)), "Bundle", "bdl-7: two entries of one address")
    for each in (entry["resource"] for entry in whole["entry"] if entry["resource"]["resourceType"] == "Task"):
        _need(each["lastModified"] >= each["authoredOn"], "Task", "inv-1: changed before it was written")
        _need(each["focus"]["reference"] in urls, "Task.focus", "leads nowhere")
