"""A referral that was begun: what the form holds so far, and who is on the shortlist. Pure."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from app.core.errors import Conflict

MOST_SHORTLISTED: Final = 10
LASTS: Final = timedelta(days=7)
"""A form that was left alone so long is about somebody else by now."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`form` are the fields as the page has them; `shortlist` are therapists' ids in the order of choosing."""

    form: dict[str, Any] = field(default_factory=dict)
    shortlist: tuple[int, ...] = ()

    def plus(self, therapist_id: int) -> "Draft":
        """With somebody more; Conflict when the list is full."""
        if therapist_id in self.shortlist:
            return self
        if len(self.shortlist) >= MOST_SHORTLISTED:
            raise Conflict("Ten are on the list already. Take somebody off first.", code="shortlist-full")
        return replace(self, shortlist=(*self.shortlist, therapist_id))

    def minus(self, therapist_id: int) -> "Draft":
        return replace(self, shortlist=tuple(each for each in self.shortlist if each != therapist_id))


def to_json(draft: Draft) -> str:
    return json.dumps({"form": draft.form, "shortlist": draft.shortlist})


def from_json(text: str) -> Draft:
    facts = json.loads(text)
    return Draft(facts["form"], tuple(facts["shortlist"]))
