"""What a good password is (NIST SP 800-63B-4 §3.1.1): long, not common, not about us; nothing about its letters."""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum

ALONE_MIN = 15
WITH_SECOND_FACTOR_MIN = 8
LONGEST = 128
WEAKEST_ALLOWED = 2
JUDGED = 40
"""Strength is judged on so many characters: zxcvbn's time grows with the square of the length (128 took 0.7 s)."""
WORDS_JUDGED = 24
OUR_WORDS = ("unknot", "massage", "therapist")


class Weakness(StrEnum):
    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"


def normalise(password: str) -> str:
    """NFKC, so that the same keys give the same password on every device (800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def shortest(*, second_factor: bool) -> int:
    """The fewest characters of a password that stands alone, or beside a second factor."""
    return WITH_SECOND_FACTOR_MIN if second_factor else ALONE_MIN


def weakness(password: str, *, second_factor: bool, about: Iterable[str] = ()) -> Weakness | None:
    """What is wrong with a normalised password; None when it is good.

    `about` holds what an attacker knows of the person (name, address), which must not be the password.
    """
    if len(password) < shortest(second_factor=second_factor):
        return Weakness.SHORT
    if len(password) > LONGEST:
        return Weakness.LONG
    known = _words(about)
    if password.casefold() in {word.casefold() for word in known}:
        return Weakness.GUESSABLE
    from zxcvbn import zxcvbn  # its word lists take a tenth of a second, which only a new password is worth

    strength = zxcvbn(password[:JUDGED], user_inputs=[*OUR_WORDS, *known], max_length=LONGEST)
    return Weakness.GUESSABLE if strength["score"] < WEAKEST_ALLOWED else None


def _words(about: Iterable[str]) -> list[str]:
    words = [word for text in about for word in (text, *text.replace("@", " ").replace(".", " ").split()) if word]
    return words[:WORDS_JUDGED]
