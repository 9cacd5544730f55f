"""What a typed text may be: a point, a postcode with or without words, or words. Nothing is looked up here."""

import re
from dataclasses import dataclass

from geopy.point import Point

from app.core.geometry import is_point
from app.places import names

LONGEST_TEXT = 300
MOST_WORDS = 12

NOWHERE = {
    "me", "here", "nearby", "my location", "current location", "my current location", "anywhere", "everywhere",
    "my area", "my house", "home", "my home", "my zip", "my city", "my town", "local", "near", "location", "this area",
    "none", "null", "nan", "true", "false", "undefined", "test", "unknown", "n a", "where i am", "where i live", "somewhere", "wherever",
}  # fmt: skip
LEADING_FILLERS = {
    "near", "in", "around", "at", "zip", "zipcode", "code", "postcode", "postal", "close", "nearby", "to", "by", "from",
}  # fmt: skip
LOOSE_WORDS = {"downtown", "area", "metro", "metropolitan", "greater", "region", "uptown", "midtown"}
SIDES = {"north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest", "inner", "central"}
CITY_OF = {("city", "of"), ("town", "of"), ("village", "of")}
STREETS = {
    "street", "st", "avenue", "ave", "av", "road", "rd", "drive", "dr", "lane", "ln", "boulevard", "blvd", "court",
    "ct", "circle", "cir", "highway", "hwy", "parkway", "pkwy", "pike", "way", "place", "pl", "terrace", "ter", "trail",
    "trl", "suite", "ste", "apt", "unit", "calle", "rue", "strasse", "straat", "platz", "via", "po", "box", "floor",
    "route", "rte", "alley", "turnpike", "tpke", "expressway", "loop",
}  # fmt: skip

_ZIP = re.compile(r"(?<![\w.-])(\d{5})(?:\s?-\s?(\d{4})?|\s(\d{4}))?(?![\w.]|-\d)")
_MISREAD_ZIP = re.compile(r"(?<![\w.-])(?=(?:[oil]*\d){3})[\doil]{5}(?![\w.])", re.I)
_DIGITS_MEANT = str.maketrans("oOiIlL", "001111")
"""Letters that people write in a ZIP for the digits they look like."""
_CANADA = re.compile(r"(?<!\w)([abceghj-nprstvxy]\d[abceghj-nprstv-z])(?:[\s-]?\d[abceghj-nprstv-z]\d)?(?!\w)", re.I)
_BRITAIN = re.compile(r"(?<!\w)([a-z]{1,2})\d[a-z\d]?\s?\d[abd-hjlnp-uw-z]{2}(?!\w)", re.I)
_NETHERLANDS = re.compile(r"(?<!\w)([1-9]\d{3})\s?(?!sa|sd|ss)[a-z]{2}$", re.I)
_DECIMAL_PAIR = re.compile(r"^\s*(?:geo:|lat(?:itude)?[:=\s]*)?\(?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*[,;/\s]\s*(?:lo?ng?(?:itude)?[:=\s]*)?([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*\)?\s*$", re.I)  # fmt: skip
_NAMED_POINT = re.compile(r"^[^()]{1,240}\((?=[+-]?\d)([^()]+)\)\s*$")
"""A point as we write it, behind the town around it: "Boulder, CO (40.0150, -105.2705)"."""
_COMPASS = re.compile(r"^[\s\d.,°º'\"′″’”:;nsew-]+$", re.I)
_STREET_NUMBER = re.compile(r"^\d+[a-z]?$")
_STREET_ENDING = re.compile(r"(?:strasse|straße|str|straat|gasse|weg|allee|gatan|vej)\.?$")


@dataclass(frozen=True, slots=True)
class Point2:
    """A point that was typed. Degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Typed:
    """A text taken apart. `postcodes` are keys to look up; `code_leads` when the code stood before the words."""

    words: tuple[str, ...] = ()
    breaks: frozenset[int] = frozenset()
    """Positions in `words` before which a comma stood."""
    zip_code: str = ""
    postcode: str = ""
    """Key of another country's postcode recognised by its form."""
    postcode_country: str = ""
    code_leads: bool = False
    street: bool = False
    """Whether there are signs of a street address."""


def point(text: str) -> Point2 | None:
    """The point that a text writes down, in decimal degrees or with compass letters; latitude first.

    Runs of blanks are one: the patterns would try every way of sharing 300 of them out, for seconds.
    """
    text = " ".join(text.split())
    if named := _NAMED_POINT.match(text):
        return point(named[1])
    if pair := _DECIMAL_PAIR.match(text):
        if "." not in text and "°" not in text and "," not in text:
            return None
        lat, lon = float(pair[1]), float(pair[2])
        return Point2(lat, lon) if is_point(lat, lon) else None
    if not (_COMPASS.match(text) and re.search(r"[ns]", text, re.I) and re.search(r"[ew]", text, re.I)):
        return None
    try:
        read = Point.from_string(text.strip())
    except ValueError:
        return None
    return Point2(read.latitude, read.longitude) if is_point(read.latitude, read.longitude) else None


def typed(text: str) -> Typed:
    """Take a text apart."""
    rest, zip_code, leads = _without_zip(text)
    country, code = "", ""
    if not zip_code:
        rest, country, code = _without_foreign_code(text)
    words, breaks = _words(rest)
    street = bool(words) and (
        bool(_STREET_NUMBER.match(words[0]) and len(words) > 1)
        or any((w in STREETS and w != "alley") or _STREET_ENDING.search(w) for w in words[:-1])
        or words[-1] in STREETS - {"ct", "way"}
    )
    return Typed(words, breaks, zip_code, code, country, leads, street)


def _without_zip(text: str) -> tuple[str, str, bool]:
    text = _MISREAD_ZIP.sub(lambda code: code[0].translate(_DIGITS_MEANT), text)
    found = list(_ZIP.finditer(text))
    if not found:
        return text, "", False
    last = found[-1]
    rest = f"{text[: last.start()]} , {text[last.end() :]}"
    leads = not names.words(text[: last.start()]) and bool(names.words(text[last.end() :]))
    return rest, last[1], leads


def _without_foreign_code(text: str) -> tuple[str, str, str]:
    for pattern, country, prefix in ((_CANADA, "CA", ""), (_BRITAIN, "GB", "gb "), (_NETHERLANDS, "NL", "")):
        if found := pattern.search(text):
            rest = f"{text[: found.start()]} , {text[found.end() :]}"
            return rest, country, prefix + found[1].lower()
    return text, "", ""


def _words(text: str) -> tuple[tuple[str, ...], frozenset[int]]:
    words: list[str] = []
    breaks: set[int] = set()
    for part in re.split(r"[,;\n\t|]+", text):
        spelt = names.words(part)
        if spelt and words:
            breaks.add(len(words))
        words.extend(spelt)
    while words and words[0] in LEADING_FILLERS and len(words) > 1:
        words.pop(0)
        breaks = {at - 1 for at in breaks if at > 1}
    if words and words[0] in {"zip", "zipcode", "postcode"}:
        words = words[1:]
    cut = max(0, len(words) - MOST_WORDS)
    return tuple(words[cut:]), frozenset(at - cut for at in breaks if at > cut)


def is_nowhere(typed_text: Typed) -> bool:
    """Whether the words mean "where I am", which only the browser can know."""
    return not (typed_text.zip_code or typed_text.postcode) and " ".join(typed_text.words) in NOWHERE
