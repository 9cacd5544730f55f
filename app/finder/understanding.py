"""What hurts, in a person's words, to a specialty. Pure: the catalogue's words, everyday phrases, small misspellings."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import log

from rapidfuzz import fuzz, process

from app.directory.catalogue import BY_SLUG, SPECIALTIES, Specialty, specialty_of
from app.finder import spanish

EVERYDAY: dict[str, tuple[str, ...]] = {
    "lower-back-pain": (
        "lumbar", "lumbar spine", "spine pain", "threw out my back", "back spasm", "sacroiliac",
        "si joint", "tailbone", "coccyx", "stiff back", "cannot bend over",
    ),
    "sciatica": (
        "pain shooting down my leg", "pain down the leg", "numb leg", "tingling leg", "tingling foot", "sciatica nerve pain",
        "pain from buttock to leg", "piriformis", "butt pain", "pain in my bum", "burning down the thigh",
    ),
    "pinched-nerve": (
        "pinched nerve in back", "pinched nerve in neck", "slipped disc", "herniated disc", "bulging disc", "herniated disk", "slipped disk", "disc bulge",
        "nerve pain", "numb fingers", "numbness", "tingling", "pins and needles",
    ),
    "neck-pain": ("neck", "crick in neck", "neck stiffness", "cervical", "cannot turn my head", "cant turn my head", "text neck"),
    "shoulder-pain": ("shoulder", "shoulder blade", "upper back"),
    "headache": ("headaches", "head hurts", "migraines"),
    "hip-pain": ("hip", "hips", "piriformis tightness"),
    "muscle-tension": ("tense", "tension", "tight", "sore muscles", "muscle pain", "muscle ache", "knot", "posture", "desk job"),
    "pregnancy": ("pregnancy", "expecting"),
    "sports-injury": ("injury", "pulled muscle", "after running", "marathon"),
    "knee-pain": ("knee",),
    "jaw-pain": ("jaw", "temporomandibular", "bruxism"),
}  # fmt: skip
"""Words that people use and the catalogue does not list."""

NOISE = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "at",
        "can",
        "do",
        "for",
        "from",
        "get",
        "got",
        "has",
        "have",
        "help",
        "hurt",
        "hurts",
        "i",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "of",
        "on",
        "or",
        "please",
        "some",
        "so",
        "that",
        "the",
        "their",
        "there",
        "this",
        "to",
        "very",
        "when",
        "with",
        "really",
        "bad",
        "massage",
        "therapist",
        "therapy",
        *spanish.NOISE,
    ]
)
LIKELY, ALSO = 0.62, 0.5
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Understood:
    """`specialty` is None when the words mean nothing to us; `others` are further readings, the likeliest first."""

    text: str
    specialty: Specialty | None = None
    exact: bool = True
    others: tuple[Specialty, ...] = ()


def understand(text: str) -> Understood:
    """The specialty that the words mean. Empty words mean any; nonsense means none."""
    text = text.strip()
    if not text:
        return Understood("")
    if len(text) > LONGEST:
        return Understood(text[:60] + "…", None, exact=False)
    return _understood(text)


@lru_cache(maxsize=2048)
def _understood(text: str) -> Understood:
    """What is remembered is short: addresses may hold sixty thousand letters."""
    known = BY_SLUG.get(text.casefold()) or specialty_of(text)
    if known:
        return Understood(text, known)
    scores = _scores(_words(text))
    ranked = sorted((slug for slug, score in scores.items() if score >= ALSO), key=lambda slug: -scores[slug])
    if not ranked or scores[ranked[0]] < LIKELY:
        return Understood(text, None, exact=False)
    others = tuple(BY_SLUG[slug] for slug in ranked[1:4])
    return Understood(text, BY_SLUG[ranked[0]], exact=False, others=others)


def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("'", "").replace("’", "")
    return tuple(word for word in re.findall(r"[a-z]+", plain) if word not in NOISE)


def _phrases() -> Iterable[tuple[str, tuple[str, ...]]]:
    for each in SPECIALTIES:
        for words in (each.name, *each.synonyms, *EVERYDAY.get(each.slug, ()), *spanish.PHRASES[each.slug]):
            if split := _words(words):
                yield each.slug, split


PHRASES = tuple(_phrases())
_OWNERS = Counter(word for _, word in {(slug, word) for slug, words in PHRASES for word in words})
WEIGHT = {word: log(1 + len(SPECIALTIES) / owners) for word, owners in _OWNERS.items()}
"""A word weighs more, the fewer specialties use it: "sciatic" much, "pain" little."""
VOCABULARY = list(WEIGHT)


def _known(word: str) -> str | None:
    """The catalogue's word that this is, or is a small misspelling of."""
    if word in WEIGHT or len(word) < 4:
        return word if word in WEIGHT else None
    found = process.extractOne(word, VOCABULARY, scorer=fuzz.ratio, score_cutoff=80 if len(word) > 5 else 85)
    return found[0] if found else None


def _scores(words: tuple[str, ...]) -> dict[str, float]:
    """For each specialty, how well its best phrase and the words cover each other: 0 to 1."""
    known = {each for word in words if (each := _known(word))}
    unknown = sum(1 for word in set(words) if _known(word) is None)
    total = sum(WEIGHT[word] for word in known) + unknown * 0.6
    best: dict[str, float] = {}
    for slug, phrase in PHRASES:
        parts = set(phrase)
        shared = sum(WEIGHT[word] for word in parts & known)
        if shared:
            covers, covered = shared / sum(WEIGHT[word] for word in parts), shared / total
            best[slug] = max(best.get(slug, 0.0), (2 * covers + covered) / 3)
    return best
