"""How a place's name becomes the key it is found by: the same rule for what is stored and for what is typed."""

import re
import unicodedata

ABBREVIATIONS = {
    "st": "saint",
    "ste": "saint",
    "sainte": "saint",
    "ft": "fort",
    "mt": "mount",
    "pt": "point",
    "hts": "heights",
    "hgts": "heights",
    "spgs": "springs",
    "spg": "spring",
    "jct": "junction",
    "vlg": "village",
    "twp": "township",
    "bch": "beach",
    "cty": "city",
    "pk": "park",
    "sq": "square",
    "isl": "island",
    "intl": "international",
}
LEADING = {"n": "north", "s": "south", "e": "east", "w": "west", "no": "north", "so": "south"}
NOT_LAST = {"st", "ste", "pt", "mt", "ft"}
"""Short forms only before a name: at the end "mt" is Montana and "st" a street."""
COUNTRY_WORDS = {"", "usa", "us", "united"}
SHORT_FORMS = ABBREVIATIONS.keys() | LEADING.keys()
FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
LONGEST = 80
"""Characters of a key; longer names are cut."""

_COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]")
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ‘`´](?=\w)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_SEPARATORS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Lower case without accents; apostrophes inside words vanish, dotted initials join ("D.C." is "dc")."""
    bare = text.lower()
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text.casefold()).translate(FOLDED)
        bare = _COMBINING.sub("", folded)
    if "'" in bare or not bare.isascii() or "`" in bare:
        bare = _APOSTROPHES.sub("", bare)
    return _INITIALS.sub(lambda initials: initials[0].replace(".", ""), bare) if "." in bare else bare


def words(text: str) -> list[str]:
    """The words of a text in their stored form: "St. Paul" and "saint paul" are alike."""
    raw = _SEPARATORS.sub(" ", plain(text).replace("&", " and ")).split()
    if len(raw) < 2 or SHORT_FORMS.isdisjoint(raw):
        return raw
    last = len(raw) - 1
    spelt = []
    for at, word in enumerate(raw):
        whole = word
        following = raw[at + 1] if at < last else ""
        if word in ABBREVIATIONS and not (word in NOT_LAST and following in COUNTRY_WORDS):
            whole = ABBREVIATIONS[word]
        elif at == 0 and word in LEADING:
            whole = LEADING[word]
        spelt.append(whole)
    return spelt


def key(text: str) -> str:
    """The key of a name; empty when the text has no letter or digit."""
    return " ".join(words(text))[:LONGEST]


def keys(name: str) -> set[str]:
    """All keys by which a name is stored: with and without the German spelling of its umlauts."""
    spelt = {key(name)}
    if name.isascii():
        return spelt - {""}
    lowered = unicodedata.normalize("NFC", name).lower()
    if lowered.translate(UMLAUTS) != lowered:
        spelt.add(key(lowered.translate(UMLAUTS)))
    return spelt - {""}
