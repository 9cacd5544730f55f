"""`from` and `to` as programs write them: days at the venue, or instants."""

from typing import TypeAlias

from app.core.errors import Invalid
from app.finder import when

Days: TypeAlias = tuple[when.Moment | None, when.Moment | None]
"""The first, and the last: of days included, of instants not."""


def days_of(first: str | None, last: str | None) -> Days:
    """What was written; Invalid, naming the field, for what is no day and for a last before the first."""
    read = {}
    for name, text in (("from", first), ("to", last)):
        read[name] = when.moment(text) if text else None
        if text and read[name] is None:
            raise Invalid("A day is written like 2026-12-01.", field=name, code="invalid-parameter")
    if when.out_of_order(read["from"], read["to"]):
        raise Invalid("The last day is before the first one.", field="to", code="invalid-parameter")
    return read["from"], read["to"]
