"""Three questions that point somewhere: to help, to a doctor, or to something to read and someone to look for.

They never name a condition as the answer. Whatever could be a warning sign wins over everything else.
Warning signs: AHCPR Quick Reference Guide 14 (1994), table 1; NHS, "Sciatica".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Where(StrEnum):
    """Where it is."""

    LOWER_BACK = "lower-back"
    ONE_LEG = "one-leg"
    BOTH_LEGS = "both-legs"
    NECK = "neck"
    ARM = "arm"
    SHOULDER = "shoulder"
    HIP = "hip"
    HEAD = "head"
    JAW = "jaw"
    KNEE = "knee"
    CHEST_OR_BELLY = "chest-or-belly"
    CALF = "calf"
    ALL_OVER = "all-over"


class Feeling(StrEnum):
    """What it feels like; several may fit."""

    ACHE = "ache"
    SHARP = "sharp"
    TINGLING = "tingling"
    WEAK = "weak"
    WEAKER = "weaker"
    SADDLE = "saddle"
    SUDDEN = "sudden"
    SWOLLEN = "swollen"
    UNWELL = "unwell"
    NIGHT = "night"


class Since(StrEnum):
    """Since when."""

    INJURY = "injury"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    WORSENING = "worsening"


class Direction(StrEnum):
    """Where the answers point."""

    EMERGENCY = "emergency"
    DOCTOR = "doctor"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the person chose. Nothing of it is kept."""

    where: Where
    feelings: frozenset[Feeling]
    since: Since


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where to go. `article` is always set; `specialty` only when looking for a therapist is sensible."""

    direction: Direction
    article: str
    specialty: str | None = None


SAFETY_ARTICLE = "when-not-to-have-a-massage"

_SPECIALTY: Mapping[Where, str] = MappingProxyType(
    {
        Where.LOWER_BACK: "lower-back-pain",
        Where.ONE_LEG: "sciatica",
        Where.NECK: "neck-pain",
        Where.ARM: "pinched-nerve",
        Where.SHOULDER: "shoulder-pain",
        Where.HIP: "hip-pain",
        Where.HEAD: "headache",
        Where.JAW: "jaw-pain",
        Where.KNEE: "knee-pain",
        Where.CALF: "muscle-tension",
        Where.ALL_OVER: "muscle-tension",
    }
)
_ARTICLE: Mapping[str, str] = MappingProxyType(
    {"sciatica": "sciatica-and-massage", "pinched-nerve": "pinched-nerve-in-the-back"}
)


def point(answers: Answers) -> Pointer:
    """Where these answers lead: help now, a doctor first, or an article and a search."""
    if _is_emergency(answers):
        return Pointer(Direction.EMERGENCY, SAFETY_ARTICLE)
    if _needs_a_doctor_first(answers):
        return Pointer(Direction.DOCTOR, SAFETY_ARTICLE)
    specialty = _SPECIALTY[answers.where]
    if Feeling.TINGLING in answers.feelings and answers.where in {Where.LOWER_BACK, Where.NECK, Where.SHOULDER}:
        specialty = "pinched-nerve"
    return Pointer(Direction.READ, _article(specialty, answers.since), specialty)


def _is_emergency(answers: Answers) -> bool:
    signs = {Feeling.SADDLE, Feeling.WEAKER, Feeling.SUDDEN}
    return bool(signs & answers.feelings) or answers.where in {Where.BOTH_LEGS, Where.CHEST_OR_BELLY}


def _needs_a_doctor_first(answers: Answers) -> bool:
    signs = {Feeling.WEAK, Feeling.SWOLLEN, Feeling.UNWELL, Feeling.NIGHT}
    return bool(signs & answers.feelings) or answers.since in {Since.INJURY, Since.WORSENING}


def _article(specialty: str, since: Since) -> str:
    if specialty in _ARTICLE:
        return _ARTICLE[specialty]
    return "massage-in-a-treatment-plan" if since is Since.MONTHS else "your-first-visit"
