"""When a board's row and our licence are the same: number and last name, each brought to a common form.

People write one number in many ways: MA 12345, MA12345, 12345, 227.012345, 227012345, C1-0024514, 010521-1. So a
number has two readings, all its digits and its last long run of digits, both without leading zeros; a short run counts
renewals and says nothing alone. Neither does a reading: boards reuse numbers between professions, so the last name must
agree too.
"""

import re
import unicodedata
from functools import lru_cache

_DIGITS = re.compile(r"[0-9]+")
_LONG_RUN = re.compile(r"[0-9]{4,}")
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_SUFFIX = re.compile(r"[\s,]+(jr|sr|ii|iii|iv|2nd|3rd)\.?\s*$", re.IGNORECASE)


def all_digits(number: str) -> str:
    """Every digit of the number in order, without leading zeros; empty when it has none but zeros."""
    return "".join(_DIGITS.findall(number)).lstrip("0")


def number_key(number: str) -> str:
    """The last run of four digits or more, else all digits, without leading zeros; for a number without digits, its letters."""
    if runs := _LONG_RUN.findall(number):
        return str(runs[-1]).lstrip("0")[:40]
    if digits := _DIGITS.findall(number):
        return "".join(digits).lstrip("0")[:40]
    return "".join(filter(str.isalnum, number)).casefold()[:40]


def number_keys(number: str) -> frozenset[str]:
    """Both readings of a number; two numbers may be the same when they share one."""
    return frozenset(key for key in (all_digits(number), number_key(number)) if key)


@lru_cache(maxsize=65536)
def name_key(last_name: str) -> str:
    """A last name without case, accents, spaces, hyphens, apostrophes and generation (Jr., III)."""
    plain = unicodedata.normalize("NFKD", _SUFFIX.sub("", last_name.strip()))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return _NOT_LETTERS.sub("", letters).casefold()[:80]


def is_last_name_of(key: str, full_name: str) -> bool:
    """Whether the trailing words of "JOSÉ DE LA CRUZ JR" are the last name with this key; a first name never is."""
    words = _SUFFIX.sub("", full_name.strip()).split()
    return bool(key) and any(name_key(" ".join(words[start:])) == key for start in range(1, len(words)))
