"""Codes that other systems write, and what they are here. What is not in these tables is shown, never dropped.

ICD-10 by prefix, the longest first: ICD-10-CM (FY 2026 tabular list), and what the WHO's ICD-10 codes alike; SNOMED CT
by concept.
"""

from typing import Final

ICD: Final = frozenset({"http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90"})
ICD_WHO: Final = frozenset({"http://hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.3"})
SNOMED: Final = frozenset({"http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"})
CPT: Final = frozenset({"http://www.ama-assn.org/go/cpt", "urn:oid:2.16.840.1.113883.6.12"})

CONDITION_OF_ICD: Final = {
    "M54.3": "sciatica",
    "M54.4": "sciatica",
    "G57.0": "sciatica",
    "M50.1": "pinched-nerve",
    "M51.1": "pinched-nerve",
    "M54.1": "pinched-nerve",
    "M54.5": "lower-back-pain",
    "M54.2": "neck-pain",
    "M25.51": "shoulder-pain",
    "M25.55": "hip-pain",
    "M25.56": "knee-pain",
    "M79.1": "muscle-tension",
    "G44.2": "headache",
    "R51": "headache",
}
CONDITION_OF_ICD_CM: Final = {"M26.62": "jaw-pain", "M62.83": "muscle-tension"}
"""Where the WHO's classification has other things under the same code, or nothing."""
CONDITION_OF_SNOMED: Final = {
    "23056005": "sciatica",
    "279039007": "lower-back-pain",
    "128196005": "pinched-nerve",
    "54404000": "pinched-nerve",
    "81680005": "neck-pain",
    "45326000": "shoulder-pain",
    "49218002": "hip-pain",
    "30989003": "knee-pain",
    "68962001": "muscle-tension",
    "25064002": "headache",
    "398057008": "headache",
}
MASSAGE_CPT: Final = ("97124", "97140")
MASSAGE_SNOMED: Final = ("387854002",)


def condition_of(system: str, code: str) -> str | None:
    """The slug of the condition, or None. ICD codes are read in either case, with or without their dot."""
    if system in SNOMED:
        return CONDITION_OF_SNOMED.get(code.strip())
    if system not in ICD | ICD_WHO:
        return None
    known = {**CONDITION_OF_ICD, **(CONDITION_OF_ICD_CM if system in ICD else {})}
    plain = code.strip().upper().replace(".", "")
    matches = [prefix for prefix in known if plain.startswith(prefix.replace(".", ""))]
    return known[max(matches, key=len)] if matches else None


def is_massage(system: str, code: str) -> bool:
    """Whether what was ordered is massage itself: understood, and nothing more to take over."""
    return (system in CPT and code in MASSAGE_CPT) or (system in SNOMED and code in MASSAGE_SNOMED)


def of_each_condition() -> dict[str, tuple[list[str], list[str]]]:
    """By the condition's slug, its ICD-10 and SNOMED CT codes, for people to read."""
    icd = {**CONDITION_OF_ICD, **CONDITION_OF_ICD_CM}
    slugs = dict.fromkeys([*icd.values(), *CONDITION_OF_SNOMED.values()])
    return {
        slug: (
            [code for code, of in icd.items() if of == slug],
            [c for c, of in CONDITION_OF_SNOMED.items() if of == slug],
        )
        for slug in slugs
    }
