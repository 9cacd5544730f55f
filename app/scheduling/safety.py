"""The safety questions before a booking: what they are, where they come from, and what the answers mean.

Three groups. *emergency*: no times, but where to get help now. *doctor_first*: a warning that needs a deliberate
choice. *precaution*: the therapist must know. An answer that was changed from yes to no is kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

from app.core.texts import N_

Group = Literal["emergency", "doctor_first", "precaution"]
Outcome = Literal["stop", "choose", "flag", "clear"]

VERSION: Final = "2026-11"
CHECKED_ON: Final = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    url: str


AHCPR: Final = Source(
    "AHCPR Quick Reference Guide 14, Acute Low Back Problems in Adults, Table 1 (NCBI NBK52120)",
    "https://www.ncbi.nlm.nih.gov/books/NBK52120/",
)
NHS: Final = Source("NHS, sciatica: when to call 999 or go to A&E", "https://www.nhs.uk/conditions/sciatica/")
NCCIH: Final = Source(
    "NCCIH, Massage Therapy: What You Need To Know",
    "https://www.nccih.nih.gov/health/massage-therapy-what-you-need-to-know",
)
HOUSE: Final = Source(N_("General clinical caution; no single source"), "")


@dataclass(frozen=True, slots=True)
class Question:
    """`id` is stable; `text` is asked so that "yes" is the careful answer; `short` is what the therapist reads."""

    id: str
    group: Group
    text: str
    short: str
    source: Source


QUESTIONS: Final = (
    Question(
        "saddle",
        "emergency",
        N_("Have you lost feeling, or does it tingle, around your genitals, your bottom or between your legs?"),
        N_("Numbness around the genitals or bottom"),
        NHS,
    ),
    Question(
        "bladder_bowel",
        "emergency",
        N_("Is it new that you find it hard to start to pee, cannot pee, or cannot hold your pee or poo?"),
        N_("New trouble with bladder or bowel"),
        NHS,
    ),
    Question(
        "both_legs",
        "emergency",
        N_("Do you have pain, weakness or numbness in both legs that is severe or getting worse?"),
        N_("Both legs affected, severe or getting worse"),
        NHS,
    ),
    Question(
        "weakness",
        "emergency",
        N_("Is a leg or foot quickly getting weaker, or can you not lift your foot?"),
        N_("Quickly worsening weakness in a leg or foot"),
        AHCPR,
    ),
    Question(
        "trauma",
        "emergency",
        N_("Did the pain begin after a bad fall, a crash or another hard blow?"),
        N_("Major injury"),
        AHCPR,
    ),
    Question(
        "chest",
        "emergency",
        N_("Do you have chest pain, trouble breathing, or sudden very strong pain in your belly or back?"),
        N_("Chest pain, trouble breathing or sudden very strong pain"),
        HOUSE,
    ),
    Question(
        "fever",
        "doctor_first",
        N_("Do you have a fever or chills, or did you have an infection in the last weeks?"),
        N_("Fever, chills or a recent infection"),
        AHCPR,
    ),
    Question(
        "weight_loss",
        "doctor_first",
        N_("Have you lost weight without knowing why?"),
        N_("Weight loss without a known reason"),
        AHCPR,
    ),
    Question(
        "cancer_history",
        "doctor_first",
        N_("Have you ever had cancer, and is this pain new?"),
        N_("Has had cancer, and the pain is new"),
        AHCPR,
    ),
    Question(
        "night_pain",
        "doctor_first",
        N_("Is the pain worse when you lie down, or so strong at night that it wakes you?"),
        N_("Severe pain at night or when lying down"),
        AHCPR,
    ),
    Question(
        "weak_immunity",
        "doctor_first",
        N_("Is your immune system weak, for example from steroids, a transplant or HIV, or do you inject drugs?"),
        N_("Weak immune system or injected drugs"),
        AHCPR,
    ),
    Question(
        "minor_fracture",
        "doctor_first",
        N_("Did the pain begin after a small fall or heavy lifting, and are you over 50 or are your bones thin?"),
        N_("Small fall or heavy lifting, over 50 or thin bones"),
        AHCPR,
    ),
    Question(
        "clot",
        "doctor_first",
        N_("Do you have a blood clot, or is one calf hot, swollen and sore?"),
        N_("Blood clot, or one hot, swollen calf"),
        NCCIH,
    ),
    Question(
        "blood_thinners",
        "precaution",
        N_("Do you take blood thinners, or do you bleed easily?"),
        N_("Blood thinners or a bleeding disorder"),
        NCCIH,
    ),
    Question(
        "osteoporosis",
        "precaution",
        N_("Do you have osteoporosis, or did you break a bone lately?"),
        N_("Osteoporosis or a recent fracture"),
        NCCIH,
    ),
    Question("pregnancy", "precaution", N_("Are you pregnant, or could you be?"), N_("Pregnancy"), NCCIH),
    Question("cancer", "precaution", N_("Do you have cancer, or are you being treated for it?"), N_("Cancer"), NCCIH),
    Question(
        "surgery",
        "precaution",
        N_("Did you have surgery lately, or do you have a wound that is still healing?"),
        N_("Recent surgery or a healing wound"),
        NCCIH,
    ),
    Question("heart", "precaution", N_("Do you have a heart problem?"), N_("Heart problem"), NCCIH),
    Question(
        "skin",
        "precaution",
        N_("Is your skin fragile, infected or inflamed, or do you have diabetes?"),
        N_("Fragile or infected skin, or diabetes"),
        NCCIH,
    ),
)
BY_ID: Final[Mapping[str, Question]] = {question.id: question for question in QUESTIONS}


@dataclass(frozen=True, slots=True)
class Screening:
    """Answers of one version. `changed` are questions once answered yes and then no."""

    answers: Mapping[str, bool]
    changed: frozenset[str] = frozenset()
    acknowledged: bool = False
    version: str = VERSION


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the answers lead to; the ids of each group that were answered yes, and what is still missing."""

    outcome: Outcome
    emergency: tuple[str, ...]
    doctor_first: tuple[str, ...]
    precautions: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def may_book(self) -> bool:
        return not self.emergency and not self.missing and self.outcome != "choose"


def evaluate(screening: Screening) -> Evaluation:
    """What the answers mean. "choose" until the person deliberately goes on past a doctor-first sign."""
    yes = {group: _yes(screening.answers, group) for group in ("emergency", "doctor_first", "precaution")}
    return Evaluation(
        outcome=_outcome(yes, screening),
        emergency=yes["emergency"],
        doctor_first=yes["doctor_first"],
        precautions=yes["precaution"],
        changed=tuple(question.id for question in QUESTIONS if question.id in screening.changed),
        missing=tuple(question.id for question in QUESTIONS if question.id not in screening.answers),
    )


def _outcome(yes: Mapping[str, tuple[str, ...]], screening: Screening) -> Outcome:
    if yes["emergency"]:
        return "stop"
    if yes["doctor_first"] and not screening.acknowledged:
        return "choose"
    return "flag" if yes["doctor_first"] or yes["precaution"] or screening.changed else "clear"


def _yes(answers: Mapping[str, bool], group: str) -> tuple[str, ...]:
    return tuple(question.id for question in QUESTIONS if question.group == group and answers.get(question.id) is True)


def answered_again(before: Screening, answers: Mapping[str, bool], *, acknowledged: bool = False) -> Screening:
    """The screening after the person answered anew: a yes that became a no is remembered, whatever comes later."""
    withdrawn = {name for name, yes in before.answers.items() if yes and answers.get(name) is False}
    still_no = {name for name in before.changed if answers.get(name) is not True}
    return Screening(dict(answers), frozenset(withdrawn | still_no), acknowledged)


def withdrawn(answers: Mapping[str, bool], changed: Iterable[str]) -> frozenset[str]:
    """Of the questions that are said to be changed those that there are and whose answer is no now."""
    return frozenset(name for name in changed if name in BY_ID and answers.get(name) is False)


def to_facts(screening: Screening) -> dict[str, object]:
    """What is stored, sealed."""
    return {
        "version": screening.version,
        "answers": {name: bool(yes) for name, yes in screening.answers.items()},
        "changed": sorted(screening.changed),
        "acknowledged": screening.acknowledged,
    }


def from_facts(facts: Mapping[str, object]) -> Screening:
    """A stored screening again."""
    answers = cast(dict[str, bool], facts["answers"])
    changed = cast(list[str], facts["changed"])
    return Screening(answers, frozenset(changed), bool(facts["acknowledged"]), str(facts["version"]))
