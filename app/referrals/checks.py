"""The two questions of an outcome check, and their answers. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.core.errors import Invalid

MOMENTS: Final = ("before", "review", "end")
SHARING: Final = ("nobody", "therapist", "both")
LONGEST: Final = 120
MOST_PAIN: Final = 10


@dataclass(frozen=True, slots=True)
class Answers:
    """`pain` from 0 (none) to 10 (the worst imaginable); `hard` is one thing that is hard to do."""

    pain: int
    hard: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    id: int
    at: datetime
    moment: str
    answers: Answers
    shared: str


def checked(answers: Answers) -> Answers:
    """The answers in one form; Invalid names the field."""
    if not 0 <= answers.pain <= MOST_PAIN:
        raise Invalid("Choose a number from 0 to 10.", field="pain", code="pain-range")
    return Answers(answers.pain, " ".join(answers.hard.split())[:LONGEST])


def to_json(answers: Answers) -> str:
    return json.dumps({"pain": answers.pain, "hard": answers.hard})


def from_json(text: str) -> Answers:
    return Answers(**json.loads(text))
