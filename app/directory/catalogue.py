"""The catalogue of specialties: what a therapist works on, and which technique stands how for which condition.

It is data that changes with the code, so it lives here and not in a table; ids are stable and never reused.
Standings follow the evidence page of each article (NICE NG59, ACP 2017, NCCIH on contraindications).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from app.core.texts import N_

Kind = Literal["condition", "technique"]
Standing = Literal["recommended", "with_caution", "no_evidence"]

ANY = 0
"""The specialty id of a search that names none."""


@dataclass(frozen=True, slots=True)
class Specialty:
    id: int
    slug: str
    name: str
    kind: Kind
    synonyms: tuple[str, ...]


def _condition(number: int, slug: str, name: str, *synonyms: str) -> Specialty:
    return Specialty(number, slug, name, "condition", synonyms)


def _technique(number: int, slug: str, name: str, *synonyms: str) -> Specialty:
    return Specialty(number, slug, name, "technique", synonyms)


SPECIALTIES: tuple[Specialty, ...] = (
    _condition(
        1,
        "lower-back-pain",
        N_("Lower back pain"),
        "low back pain",
        "back pain",
        "lumbago",
        "lumbar pain",
        "sore back",
        "backache",
        "bad back",
        "my back hurts",
    ),
    _condition(
        2,
        "sciatica",
        N_("Sciatica"),
        "sciatic nerve",
        "sciatic pain",
        "leg pain",
        "burning leg",
        "shooting pain in leg",
        "siatica",
        "piriformis syndrome",
    ),
    _condition(
        3,
        "pinched-nerve",
        N_("Pinched nerve"),
        "radiculopathy",
        "trapped nerve",
        "nerve compression",
        "compressed nerve",
        "nerve root pain",
        "numb arm",
        "tingling arm",
    ),
    _condition(4, "neck-pain", N_("Neck pain"), "stiff neck", "cervical pain", "sore neck", "tech neck", "whiplash"),
    _condition(
        5, "shoulder-pain", N_("Shoulder pain"), "frozen shoulder", "rotator cuff", "sore shoulder", "upper back pain"
    ),
    _condition(6, "headache", N_("Headache"), "tension headache", "migraine", "head pain"),
    _condition(7, "hip-pain", N_("Hip pain"), "sore hip", "buttock pain", "glute pain", "hip tightness"),
    _condition(
        8,
        "muscle-tension",
        N_("Muscle tension"),
        "tight muscles",
        "knots",
        "stress",
        "stiffness",
        "muscle spasm",
        "relaxation",
    ),
    _condition(9, "pregnancy", N_("Pregnancy aches"), "pregnant", "pelvic girdle pain", "maternity"),
    _condition(
        10, "sports-injury", N_("Sports injury"), "strain", "sprain", "running injury", "hamstring", "sports recovery"
    ),
    _condition(11, "knee-pain", N_("Knee pain"), "sore knee", "runner's knee", "it band"),
    _condition(12, "jaw-pain", N_("Jaw pain"), "tmj", "tmd", "jaw clenching", "teeth grinding"),
    _technique(101, "swedish", N_("Swedish massage"), "relaxation massage", "classic massage", "swedish"),
    _technique(102, "deep-tissue", N_("Deep tissue"), "deep tissue massage", "deep pressure", "firm massage"),
    _technique(103, "myofascial-release", N_("Myofascial release"), "fascia", "mfr", "fascial release", "myofascial"),
    _technique(
        104, "trigger-point", N_("Trigger-point therapy"), "trigger points", "trigger point massage", "referred pain"
    ),
    _technique(
        105, "gentle-stretching", N_("Gentle stretching"), "assisted stretching", "stretching", "passive stretching"
    ),
    _technique(106, "sports-massage", N_("Sports massage"), "athletic massage", "sport massage"),
    _technique(107, "prenatal", N_("Prenatal massage"), "pregnancy massage", "antenatal massage"),
    _technique(108, "lymphatic-drainage", N_("Lymphatic drainage"), "manual lymph drainage", "mld", "lymph drainage"),
    _technique(
        109, "medical-massage", N_("Medical massage"), "clinical massage", "orthopedic massage", "therapeutic massage"
    ),
    _technique(110, "hot-stone", N_("Hot stone massage"), "hot stones", "heat massage"),
    _technique(111, "craniosacral", N_("Craniosacral therapy"), "cranial sacral", "cst"),
    _technique(112, "neuromuscular", N_("Neuromuscular therapy"), "nmt", "neuromuscular massage"),
)

BY_SLUG: Mapping[str, Specialty] = MappingProxyType({each.slug: each for each in SPECIALTIES})
BY_ID: Mapping[int, Specialty] = MappingProxyType({each.id: each for each in SPECIALTIES})

TECHNIQUES_FOR: Mapping[str, Mapping[str, Standing]] = MappingProxyType(
    {
        "lower-back-pain": {
            "swedish": "recommended",
            "myofascial-release": "recommended",
            "trigger-point": "recommended",
            "gentle-stretching": "recommended",
            "medical-massage": "recommended",
            "deep-tissue": "with_caution",
            "hot-stone": "with_caution",
            "craniosacral": "no_evidence",
        },
        "sciatica": {
            "gentle-stretching": "recommended",
            "myofascial-release": "recommended",
            "trigger-point": "recommended",
            "swedish": "recommended",
            "medical-massage": "recommended",
            "deep-tissue": "with_caution",
            "craniosacral": "no_evidence",
        },
        "pinched-nerve": {
            "gentle-stretching": "recommended",
            "myofascial-release": "recommended",
            "trigger-point": "recommended",
            "medical-massage": "recommended",
            "neuromuscular": "with_caution",
            "deep-tissue": "with_caution",
            "craniosacral": "no_evidence",
        },
        "neck-pain": {
            "swedish": "recommended",
            "myofascial-release": "recommended",
            "trigger-point": "recommended",
            "gentle-stretching": "with_caution",
            "deep-tissue": "with_caution",
        },
        "shoulder-pain": {
            "myofascial-release": "recommended",
            "trigger-point": "recommended",
            "swedish": "recommended",
            "sports-massage": "recommended",
            "deep-tissue": "with_caution",
        },
        "headache": {
            "trigger-point": "recommended",
            "swedish": "recommended",
            "craniosacral": "no_evidence",
            "deep-tissue": "with_caution",
        },
        "hip-pain": {
            "myofascial-release": "recommended",
            "trigger-point": "recommended",
            "gentle-stretching": "recommended",
            "deep-tissue": "with_caution",
        },
        "muscle-tension": {
            "swedish": "recommended",
            "deep-tissue": "recommended",
            "hot-stone": "recommended",
            "trigger-point": "recommended",
        },
        "pregnancy": {
            "prenatal": "recommended",
            "swedish": "with_caution",
            "lymphatic-drainage": "with_caution",
            "deep-tissue": "with_caution",
            "hot-stone": "with_caution",
        },
        "sports-injury": {
            "sports-massage": "recommended",
            "myofascial-release": "recommended",
            "deep-tissue": "with_caution",
        },
        "knee-pain": {
            "sports-massage": "recommended",
            "myofascial-release": "recommended",
            "deep-tissue": "with_caution",
        },
        "jaw-pain": {"trigger-point": "recommended", "neuromuscular": "recommended", "craniosacral": "no_evidence"},
    }
)


def _key(text: str) -> str:
    return " ".join(text.casefold().replace("-", " ").replace("'", "").split())


_BY_WORDS: Mapping[str, Specialty] = MappingProxyType(
    {_key(words): each for each in reversed(SPECIALTIES) for words in (*each.synonyms, each.name, each.slug)}
)


def specialty_of(text: str) -> Specialty | None:
    """The specialty that a slug, a name or one of its synonyms means; None when it is none of them."""
    return _BY_WORDS.get(_key(text))
