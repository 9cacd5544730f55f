"""What a registry's cell means: names in capitals, numbers that a spreadsheet re-saved, masks, postcodes, phones."""

import re
from datetime import date
from functools import lru_cache

_RESAVED = re.compile(r"-?[0-9]+\.0")
_MASKS = frozenset(
    """NULL NA N/A NONE NIL UNAVAIL UNAVAILABLE <UNAVAIL> UNKNOWN UNK PENDING APPLIED EXEMPT NOTAPPLICABLE NOTREQUIRED
    NOLICENSE NOLICENSEREQUIRED NONEREQUIRED APPLIEDFOR""".split()  # noqa: SIM905
)
_NORTH_AMERICAN = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})")
_KEEP_CAPITALS = frozenset("N S E W NE NW SE SW US PO II III IV USA LLC".split())  # noqa: SIM905
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9]+[^\W_]*")
_CELTIC = re.compile(r"^(Mc|[DO]')([a-z])")

STATES = frozenset(
    """AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
    OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR GU VI AS MP""".split()  # noqa: SIM905
)
"""Jurisdictions that license: the states, the District and the territories, as the registry codes them."""


def plain(cell: str) -> str:
    """The cell without surrounding and repeated blanks; a literal NULL is nothing."""
    text = " ".join(cell.split())
    return "" if text.upper() in {"NULL", "<UNAVAIL>"} else text


def unsaved(cell: str) -> str:
    """The whole number that a spreadsheet wrote as 688482168.0."""
    text = cell.strip()
    return text[:-2] if text.endswith(".0") and _RESAVED.fullmatch(text) else text


def licence_number(cell: str) -> str | None:
    """The number as written (leading zeros matter); None when it is masked or no number at all.

    The registry masks tax and social-security numbers that people typed here as $$$$$$$$$, ******** or _________ (CMS
    Readme 1.1); mirrors add = and NULL.
    """
    text = " ".join(cell.upper().split())
    bare = "".join(filter(str.isalnum, text))
    if not bare or not bare.strip("0") or text in _MASKS or bare in _MASKS:
        return None
    return text[:40]


def state(cell: str) -> str | None:
    """A licensing jurisdiction's two letters; None for NULL, ZZ (foreign) and anything else."""
    code = cell.strip().upper()
    return code if code in STATES else None


def zip_code(cell: str) -> str:
    """12345 or 12345-6789, with the leading zeros that a spreadsheet dropped; empty when it is no ZIP."""
    digits = unsaved(cell).replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9 or not digits.strip("0"):
        return ""
    if len(digits) <= 5:
        return digits.zfill(5)
    digits = digits.zfill(9)
    return digits[:5] if digits.endswith("0000") else f"{digits[:5]}-{digits[5:]}"


def phone(cell: str, country: str = "US") -> str | None:
    """E.164, or None when the digits are no phone number of the country."""
    digits = unsaved(cell)
    if not digits.isdigit():
        digits = "".join(filter(str.isdigit, digits))
    if not digits:
        return None
    if country in {"US", "CA", "PR"}:
        match = _NORTH_AMERICAN.fullmatch(digits)
        return f"+1{match[1]}" if match else None
    import phonenumbers  # a tenth of the start-up of a command that may meet no foreign number

    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=16384)
def registry_date(cell: str) -> date | None:
    """MM/DD/YYYY, or an ISO date from a re-saved file; None for nothing and for nonsense."""
    text = cell.strip()
    try:
        if len(text) == 10 and text[2] == "/" == text[5]:
            return date(int(text[6:]), int(text[:2]), int(text[3:5]))
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def proper(text: str) -> str:
    """ANN-MARIE O'BRIEN as Ann-Marie O'Brien; what already has small letters stays as its owner wrote it."""
    clean = plain(text)
    return clean if clean != clean.upper() else _WORD.sub(_proper_word, clean)


def _proper_word(match: re.Match[str]) -> str:
    word = match[0]
    if word in _KEEP_CAPITALS:
        return word
    if word[0].isdigit():
        return word.lower() if word[-2:] in {"ST", "ND", "RD", "TH"} else word
    return _CELTIC.sub(lambda found: found[1] + found[2].upper(), word.capitalize())
