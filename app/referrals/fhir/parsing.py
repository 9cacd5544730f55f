"""A file from outside as values that the rest of the house can hold: small, shallow, each name once, only real numbers."""

import json
import math
from typing import Any, Final

from app.core.errors import Invalid

MOST_BYTES: Final = 256 * 1024
MOST_DEPTH: Final = 40
"""FHIR's own resources nest about a dozen deep."""


def parsed(text: str) -> Any:
    """The JSON in `text`; Invalid for what is none by RFC 8259, or not by FHIR R4, which forbids a name twice."""
    try:
        if len(text.encode()) > MOST_BYTES:
            raise Invalid("This file is larger than a referral can be.", field="json", code="fhir-large")
        value = json.loads(
            text, object_pairs_hook=_named_once, parse_constant=_no_number, parse_float=_real, parse_int=_whole
        )
        _check(value)
    except (ValueError, RecursionError) as error:
        raise Invalid("This is not JSON. Paste the whole ServiceRequest.", field="json", code="fhir-json") from error
    return value


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _real(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("this number is too large")
    return value


def _whole(text: str) -> int:
    if len(text) > 20:
        raise ValueError("this number is too large")
    return int(text)


def _check(whole: Any) -> None:
    """ValueError for what is nested too deep, and for half a surrogate pair, which is no letter and cannot be kept."""
    left = [(whole, 1)]
    while left:
        value, depth = left.pop()
        if depth > MOST_DEPTH:
            raise ValueError("nested too deep")
        if isinstance(value, str):
            value.encode()
        elif isinstance(value, list):
            left += [(each, depth + 1) for each in value]
        elif isinstance(value, dict):
            left += [(each, depth + 1) for pair in value.items() for each in pair]
