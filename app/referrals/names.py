"""Whether a doctor's name is the one that the registry has. Pure; an admin decides, this only helps to look."""

import re
import unicodedata
from typing import Final

TITLES: Final = frozenset(
    {"dr", "md", "do", "dds", "dnp", "np", "pa", "phd", "mph", "jr", "sr", "ii", "iii", "iv", "facp"}
)


def words_of(name: str) -> frozenset[str]:
    """The words of a name without case, accents, dots, titles and initials."""
    plain = unicodedata.normalize("NFKD", name.replace(".", ""))
    letters = "".join(each for each in plain if not unicodedata.combining(each)).casefold()
    return frozenset(each for each in re.findall(r"[^\W\d_]+", letters) if len(each) > 1 and each not in TITLES)


def agree(name: str, registered: str) -> bool:
    """Every word of the shorter name is in the longer, and there are at least two: first and last."""
    given, known = words_of(name), words_of(registered)
    shorter, longer = sorted((given, known), key=len)
    return len(shorter) >= 2 and shorter <= longer
