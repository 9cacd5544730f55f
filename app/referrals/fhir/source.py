"""What the answer to a request repeats of it, so that the sender knows its own request again: small, in R4's shapes."""

from collections.abc import Mapping
from typing import Any, Final

MOST_KEPT: Final = 5
LONGEST_KEPT: Final = 200
"""Letters of one value that the answer repeats; a longer one is left out, since a part of it would name another thing."""


def source_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """Identifiers, subject, intent and code of a request that was checked."""
    subject = request["subject"].get("reference")
    return {
        "identifier": _kept(request.get("identifier"), ("system", "value")),
        "subject": subject if _keepable(subject, spaces=False) and not subject.startswith("#") else None,
        "intent": request["intent"],
        "code": _kept_concept(request.get("code")),
    }


def _kept_concept(concept: Any) -> dict[str, Any] | None:
    if not isinstance(concept, Mapping):
        return None
    coding = _kept(concept.get("coding"), ("system", "code", "display"))
    text = concept.get("text")
    return {**({"coding": coding} if coding else {}), **({"text": text} if _keepable(text) else {})} or None


def _kept(values: Any, names: tuple[str, ...]) -> list[dict[str, str]]:
    short = (
        {name: each[name] for name in names if _keepable(each.get(name), spaces=name != "system")}
        for each in (values if isinstance(values, list) else ())
        if isinstance(each, Mapping)
    )
    return [each for each in short if each][:MOST_KEPT]


def _keepable(value: Any, *, spaces: bool = True) -> bool:
    """Whether it is a string, or without `spaces` an address, as R4 has them."""
    if not isinstance(value, str) or not value or len(value) > LONGEST_KEPT or not value.isprintable():
        return False
    return value == " ".join(value.split()) and (spaces or " " not in value)
