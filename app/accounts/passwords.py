"""What a good password is (NIST SP 800-63B-4 §3.1.1): long, not common, not about us; nothing about its letters."""

import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn

ALONE_MIN = 15
WITH_SECOND_FACTOR_MIN = 8
LONGEST = 128
WEAKEST_ALLOWED = 2
OUR_WORDS = ("unknot", "massage", "therapist")


def normalise(password: str) -> str:
    """NFKC, so that the same keys give the same password on every device (800-63B-4 §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def complaint(password: str, *, second_factor: bool, about: Iterable[str] = ()) -> str | None:
    """What to change about a normalised password, in words for the person; None when it is good.

    `about` holds what an attacker knows of the person (name, address), which must not be the password.
    """
    shortest = WITH_SECOND_FACTOR_MIN if second_factor else ALONE_MIN
    if len(password) < shortest:
        return f"Please use at least {shortest} characters. A few words in a row are easy to remember."
    if len(password) > LONGEST:
        return f"Please use at most {LONGEST} characters."
    known = [word for text in about for word in (text, *text.replace("@", " ").replace(".", " ").split()) if word]
    strength = zxcvbn(password, user_inputs=[*OUR_WORDS, *known], max_length=LONGEST)
    if strength["score"] < WEAKEST_ALLOWED or password.casefold() in {word.casefold() for word in known}:
        return "That password is easy to guess: it is common, or made of your name or address. Please choose another."
    return None
