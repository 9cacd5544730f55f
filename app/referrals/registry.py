"""What an admin should see of a doctor before the word is given: the registry's entry beside what they say. Pure.

NUCC Health Care Provider Taxonomy, by the beginning of a code: ten characters, of which the first ones name the
profession. Providers choose their codes themselves; that they are licensed, nobody says here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from app.referrals.names import agree

Standing = Literal["active", "deactivated", "absent"]
Doubt = Literal["absent", "deactivated", "organization", "name", "profession"]

REFER: Final = {
    "20": "physician",
    "363L": "nurse practitioner",
    "363A": "physician assistant",
    "364S": "clinical nurse specialist",
    "367A": "nurse midwife",
    "2251": "physical therapist",
    "225X": "occupational therapist",
    "111N": "chiropractor",
    "213E": "podiatrist",
    "1223": "dentist",
    "175F": "naturopath",
}
"""Professions whose word a patient takes for a referral."""
OTHERS: Final = {
    "225700000X": "massage therapist",
    "163W": "registered nurse",
    "1711": "acupuncturist",
    "103T": "psychologist",
    "1835": "pharmacist",
    "390200000X": "student",
    "261Q": "clinic",
    "193": "group of practices",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` is person, organization or "" (a deactivated NPI tells nothing more); the primary taxonomy is first."""

    standing: Standing
    kind: str
    name: str
    other_name: str
    taxonomies: tuple[str, ...]
    as_of: date | None


def professions(taxonomies: Sequence[str]) -> list[tuple[str, str]]:
    """(code, profession) of each, once a profession; "" where only the code is known."""
    named = [(code, _named(code)) for code in taxonomies]
    first_of = {name or code: (code, name) for code, name in reversed(named)}
    return [pair for pair in named if first_of[pair[1] or pair[0]] == pair]


def _named(code: str) -> str:
    return next((name for start, name in (*REFER.items(), *OTHERS.items()) if code.startswith(start)), "")


def doubts(name: str, entry: Entry) -> tuple[Doubt, ...]:
    """What speaks against taking `name` for whoever has this NPI; empty when nothing does."""
    if entry.standing != "active":
        return (entry.standing,)
    found: list[Doubt] = []
    if entry.kind == "organization":
        found.append("organization")
    if not (agree(name, entry.name) or agree(name, entry.other_name)):
        found.append("name")
    if not any(code.startswith(tuple(REFER)) for code in entry.taxonomies):
        found.append("profession")
    return tuple(found)
