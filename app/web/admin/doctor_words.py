"""What the registry's entry of a doctor is called on the page."""

from typing import Any

from flask_babel import gettext as _

from app.referrals.queries import Candidate
from app.referrals.registry import Doubt, Entry, professions


def shown(candidate: Candidate) -> dict[str, Any]:
    """A doctor with the registry's entry in words. `verdict` is ok, doubt or unknown."""
    entry = candidate.entry
    return {
        "doctor": candidate.doctor,
        "names": [each for each in (entry.name, entry.other_name) if each] if entry else [],
        "professions": [_profession(code, name) for code, name in professions(entry.taxonomies)] if entry else [],
        "as_of": entry.as_of if entry else None,
        "verdict": "unknown" if entry is None else "doubt" if candidate.doubts else "ok",
        "doubts": [_doubt(each, entry) for each in candidate.doubts if entry],
    }


def _profession(code: str, name: str) -> str:
    words = {
        "physician": _("physician"),
        "nurse practitioner": _("nurse practitioner"),
        "physician assistant": _("physician assistant"),
        "clinical nurse specialist": _("clinical nurse specialist"),
        "nurse midwife": _("nurse midwife"),
        "physical therapist": _("physical therapist"),
        "occupational therapist": _("occupational therapist"),
        "chiropractor": _("chiropractor"),
        "podiatrist": _("podiatrist"),
        "dentist": _("dentist"),
        "naturopath": _("naturopath"),
        "massage therapist": _("massage therapist"),
        "registered nurse": _("registered nurse"),
        "acupuncturist": _("acupuncturist"),
        "psychologist": _("psychologist"),
        "pharmacist": _("pharmacist"),
        "student": _("student"),
        "clinic": _("clinic"),
        "group of practices": _("group of practices"),
    }
    return f"{words[name]} ({code})" if name else code


def _doubt(doubt: Doubt, entry: Entry) -> str:
    words = {
        "absent": _("No such NPI is in the registry, though its check digit is right."),
        "deactivated": _("The NPI was deactivated."),
        "organization": _("The NPI is an organization’s, not a person’s."),
        "name": _("The names differ."),
        "profession": _("None of the professions that usually refer is named.")
        if entry.taxonomies
        else _("No profession is named."),
    }
    return str(words[doubt])
