"""Codes that other systems write, and what they are here. What is not in these tables is shown, never dropped.

ICD-10-CM by prefix, the longest first (FY 2026 tabular list); SNOMED CT by concept.
"""

from typing import Final

ICD: Final = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_WHO: Final = "http://hl7.org/fhir/sid/icd-10"
SNOMED: Final = "http://snomed.info/sct"
CPT: Final = "http://www.ama-assn.org/go/cpt"

CONDITION_OF_ICD: Final = {
    "M54.3": "sciatica",
    "M54.4": "sciatica",
    "G57.0": "sciatica",
    "M54.1": "pinched-nerve",
    "M54.5": "lower-back-pain",
    "M54.2": "neck-pain",
    "M25.51": "shoulder-pain",
    "M25.55": "hip-pain",
    "M25.56": "knee-pain",
    "M26.62": "jaw-pain",
    "M62.83": "muscle-tension",
    "M79.1": "muscle-tension",
    "G44.2": "headache",
    "R51": "headache",
}
CONDITION_OF_SNOMED: Final = {
    "23056005": "sciatica",
    "279039007": "lower-back-pain",
    "128196005": "pinched-nerve",
    "54404000": "pinched-nerve",
    "81680005": "neck-pain",
    "45326000": "shoulder-pain",
    "25064002": "headache",
}
MASSAGE: Final = frozenset({(CPT, "97124"), (CPT, "97140"), (SNOMED, "387854002")})
"""What was ordered is massage itself: understood, and nothing more to take over."""


def condition_of(system: str, code: str) -> str | None:
    """The slug of the condition, or None."""
    if system in (ICD, ICD_WHO):
        plain = code.strip().upper()
        matches = [prefix for prefix in CONDITION_OF_ICD if plain.startswith(prefix)]
        return CONDITION_OF_ICD[max(matches, key=len)] if matches else None
    return CONDITION_OF_SNOMED.get(code.strip()) if system == SNOMED else None
