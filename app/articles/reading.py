"""How hard a text is to read: the Flesch–Kincaid grade (Kincaid and others, 1975).

A grade of 9 means that a reader with about nine years of school follows it at first reading.
"""

import itertools
import re
from collections.abc import Callable, Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

WORDS_A_MINUTE = 220
HIGHEST_GRADE = 9.0

_CITATION = re.compile(r"\[\^[^\]]+\]")
_FENCE = re.compile(r"^:::.*$", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?]+(?:[\"”’)*]*)(?:\s|$)")
_WORD = re.compile(r"[A-Za-z][A-Za-z’'-]*")


def grade(passages: Iterable[str], syllables: Callable[[str], int]) -> float:
    """The Flesch–Kincaid grade of running text; `syllables` counts those of one word."""
    sentences = [part for passage in passages for part in _SENTENCE_END.split(passage) if part.strip()]
    words = [word for sentence in sentences for word in words_of(sentence)]
    if not words:
        return 0.0
    sounds = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * sounds / len(words) - 15.59


def words_of(text: str) -> list[str]:
    """The words of a text, apostrophes kept, hyphenated words taken apart."""
    return [part for word in _WORD.findall(text) for part in word.split("-") if part]


def passages(markdown: str) -> list[str]:
    """Paragraphs and list items as plain text. Headings and tables are not running text, so they don't count."""
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(_FENCE.sub("", markdown))
    return [text for text in (_plain(token) for token in _running(tokens)) if text]


def minutes(markdown: str) -> int:
    """Minutes to read a text, at 220 words a minute and never less than one."""
    count = sum(len(words_of(passage)) for passage in passages(markdown))
    return max(1, round(count / WORDS_A_MINUTE))


def _running(tokens: list[Token]) -> list[Token]:
    return [
        token
        for before, token in itertools.pairwise(tokens)
        if token.type == "inline" and before.type == "paragraph_open"
    ]


def _plain(token: Token) -> str:
    parts = ("" if child.type == "text" and not child.content else _words(child) for child in token.children or [])
    return _CITATION.sub("", "".join(parts)).strip()


def _words(child: Token) -> str:
    if child.type in {"softbreak", "hardbreak"}:
        return " "
    return child.content
