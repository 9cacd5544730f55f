"""Which stored name a misspelt one may be. Two stages: shared deletions find candidates, edit distance decides."""

import re
from itertools import combinations
from zlib import crc32

from rapidfuzz.distance import OSA

_DOUBLED = re.compile(r"(.)\1+")
_SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("qu", "k"), ("sch", "s"), ("sh", "s"), ("ch", "k"), ("gh", "g"), ("wh", "w"),
    ("tz", "z"), ("x", "ks"), ("c", "k"), ("q", "k"), ("z", "s"), ("y", "i"), ("v", "f"), ("j", "g"), ("d", "t"),
    ("b", "p"), ("h", ""),
)  # fmt: skip
OTHER_PLACES = {"north", "south", "east", "west", "upper", "lower", "new", "old"}
VOWELS = set("aeiou")
NEVER = 99.0
SHORTEST = 5
"""Letters below which a spelling is never corrected: too many names are one letter apart."""


def tight(key: str) -> str:
    """A key without spaces and doubled letters: "Mineapolis" is already right, "sanfrancisco" too."""
    return _DOUBLED.sub(r"\1", key.replace(" ", ""))


def skeleton(key: str) -> str:
    """The consonants as they sound, with the first letter; vowels are where most mistakes are."""
    sound = tight(key)
    for written, heard in _SOUNDS:
        sound = sound.replace(written, heard)
    first, rest = sound[:1], re.sub(r"[aeiou]", "", sound[1:])
    return _DOUBLED.sub(r"\1", first + rest)


def digest(text: str) -> int:
    return crc32(text.encode())


def stored_digests(key: str) -> set[int]:
    """What is stored for a right name: itself, itself less any one letter, its sound."""
    word = key.replace(" ", "")
    return {digest(s) for s in {tight(word), *map(tight, _less(word, 1)), *_sound(key)}}


def _sound(key: str) -> set[str]:
    sound = skeleton(key)
    return {"~" + sound} if len(sound) >= 4 else set()


def asked_digests(key: str) -> set[int]:
    """What to look up for a typed name: as stored, and less any two letters when it is long."""
    word = key.replace(" ", "")
    spellings = {word, *_less(word, 1), *(_less(word, 2) if 8 <= len(word) <= 24 else ())}
    return {digest(s) for s in {*map(tight, spellings), *_sound(key)}}


def _less(word: str, letters: int) -> set[str]:
    places = range(len(word))
    return {"".join(c for at, c in enumerate(word) if at not in gone) for gone in combinations(places, letters)}


def turned(key: str) -> list[str]:
    """The words that make another place when they change: "Upper East Side" is no misspelt "Upper West Side"."""
    return sorted(OTHER_PLACES.intersection(key.split()))


def mistakes(asked: str, name: str) -> float:
    """How many mistakes lie between two keys: edits, where spaces and doubled letters count half."""
    if asked == name:
        return 0.0
    if turned(asked) != turned(name):
        return NEVER
    other_beginning = 0.0 if _begin_alike(asked, name) else 1.0
    joined = OSA.distance(asked.replace(" ", ""), name.replace(" ", ""))
    inner = min(OSA.distance(tight(asked), tight(name)), joined)
    outer = OSA.distance(asked, name)
    return inner + min(1.0, 0.5 * max(0, outer - inner)) + other_beginning


def _begin_alike(asked: str, name: str) -> bool:
    """Whether two keys sound alike at the beginning, which people seldom get wrong: "Sellwood" is no "Bellwood"."""
    if asked[:1] == name[:1] or asked[:2] == name[1::-1]:
        return True
    first, other = skeleton(asked)[:1], skeleton(name)[:1]
    return first == other or {first, other} <= VOWELS


def allowed(asked: str, *, certain_area: bool = False) -> float:
    """How many mistakes are believable in a name this long; more when the state is given."""
    length = len(asked.replace(" ", ""))
    if length < SHORTEST:
        return 1.0 if certain_area and length >= 4 else 0.5
    if length < 7:
        return 1.5 if certain_area else 1.0
    if length < 9:
        return 2.5 if certain_area else 1.5
    return 3.0 if certain_area else 2.5
