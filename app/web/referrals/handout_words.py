"""The words of the printed sheet, in the patient's language whatever language the doctor reads."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.core import formats
from app.core.catalogues import texts
from app.core.texts import N_
from app.directory.catalogue import BY_ID

WORDS: Final[Mapping[str, str]] = {
    "title": N_("Your link to a massage therapist"),
    "from": N_("Sent by"),
    "for": N_("For"),
    "technique": N_("If possible"),
    "visits": N_("Visits suggested"),
    "until": N_("The link works until"),
    "how": N_("How to use it"),
    "step1": N_("Point your phone's camera at the square, or type the address under it."),
    "step2": N_("See licensed massage therapists and the times when they are free."),
    "step3": N_("Choose a time. You need no account, and you pay the therapist directly."),
    "alt": N_("QR code that opens the address printed below it"),
    "privacy_title": N_("What your doctor learns"),
    "privacy": N_("Nothing, unless you say so when you book. You can change your mind later."),
    "honest": N_("Massage may ease pain and stiffness for a while. It does not repair a nerve or a disc."),
    "stop_title": N_("Do not wait, get help now"),
    "stop": N_(
        "Numbness between the legs, trouble with bladder or bowels, or a leg that is getting weaker: call 911 or go to an emergency room."
    ),
}


def words_in(language: str) -> dict[str, str]:
    say = texts(language).gettext
    return {name: say(text) for name, text in WORDS.items()}


def name_of(specialty_id: int, language: str) -> str:
    known = BY_ID.get(specialty_id)
    return texts(language).gettext(known.name) if known else ""


def day_of(at: datetime | None, language: str) -> str:
    """The last day on which the link works, in UTC like the link itself."""
    return formats.dated(at.date(), "long", language) if at else ""
