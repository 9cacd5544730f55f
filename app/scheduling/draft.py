"""A booking that is being filled in: what was said so far, and which step comes next. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

from app.scheduling import safety
from app.scheduling.contact import Contact
from app.scheduling.safety import Evaluation, Group, Screening

Step = Literal["stop", "questions/1", "choice", "questions/2", "questions/3", "contact", "review"]
GROUPS: Final[tuple[Group, ...]] = ("emergency", "doctor_first", "precaution")
"""One group of questions a screen; the most urgent first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`before` are questions that this browser answered yes in an earlier try, so that starting afresh hides nothing.

    `whose` is me or other; `offer` the token of a visit that the waitlist holds; `sent` of the visit that became of it.
    """

    slug: str
    service_id: int
    location_id: int
    starts_at: str
    answers: dict[str, bool] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)
    acknowledged: bool = False
    version: str = safety.VERSION
    whose: str = "me"
    name: str = ""
    email: str = ""
    phone: str = ""
    visit_for: str = ""
    address: str = ""
    note: str = ""
    contact_done: bool = False
    every_weeks: int = 0
    count: int = 1
    referral_id: int | None = None
    offer: str = ""
    sent: str = ""

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.starts_at)

    @property
    def screening(self) -> Screening:
        return Screening(self.answers, frozenset(self.changed), self.acknowledged, self.version)

    @property
    def evaluation(self) -> Evaluation:
        return safety.evaluate(self.screening)

    @property
    def contact(self) -> Contact:
        other = self.visit_for if self.whose == "other" else ""
        return Contact(self.name, self.email or None, self.phone or None, other, self.address or None)

    @property
    def fingerprint(self) -> str:
        """Changes with every change: whoever sends it must have seen this very draft."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()[:32]


def to_json(draft: Draft) -> str:
    return json.dumps(asdict(draft), sort_keys=True)


def from_json(text: str) -> Draft:
    return Draft(**json.loads(text))


def answer(draft: Draft, given: Mapping[str, bool]) -> dict[str, Any]:
    """The changes that new answers to some of the questions make. A yes that became a no is remembered."""
    whole = {**draft.answers, **given}
    again = safety.answered_again(draft.screening, whole)
    withdrawn = {name for name in draft.before if given.get(name) is False}
    before, after = draft.evaluation.doctor_first, safety.evaluate(again).doctor_first
    return {
        "answers": whole,
        "changed": sorted(again.changed | withdrawn),
        "acknowledged": draft.acknowledged and set(after) <= set(before),
        "version": safety.VERSION,
    }


def next_step(draft: Draft) -> Step:
    """The first step that is not done; an emergency sign ends the way at once, wherever it was said."""
    found = draft.evaluation
    if found.emergency:
        return "stop"
    waiting = {safety.BY_ID[name].group for name in found.missing} if draft.version == safety.VERSION else {*GROUPS}
    if "emergency" in waiting:
        return "questions/1"
    if "doctor_first" in waiting:
        return "questions/2"
    if found.doctor_first and not draft.acknowledged:
        return "choice"
    if "precaution" in waiting:
        return "questions/3"
    return "review" if draft.contact_done else "contact"
