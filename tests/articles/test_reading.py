"""The Flesch–Kincaid grade against sums done by hand."""

import pytest

from app.articles import reading
from tools.reading_level import syllables


def test_the_grade_is_the_published_formula() -> None:
    """Six words, one sentence, six syllables: 0.39 × 6 + 11.8 × 1 − 15.59."""
    assert reading.grade(["The cat sat on the mat."], syllables) == pytest.approx(-1.45)


def test_long_words_and_long_sentences_are_harder() -> None:
    easy = reading.grade(["Walk a bit. Then rest."], syllables)
    long_words = reading.grade(["Ambulate intermittently. Subsequently recuperate."], syllables)
    one_sentence = reading.grade(["Walk a bit then rest then walk a bit more and then rest once more."], syllables)
    assert easy < one_sentence < long_words


def test_every_list_item_counts_as_a_sentence_of_its_own() -> None:
    assert reading.grade(reading.passages("- walk\n- rest"), syllables) == reading.grade(["walk.", "rest."], syllables)


def test_headings_tables_boxes_and_citations_are_not_running_text() -> None:
    markdown = "## Extraordinary heading\n\n::: you\nRest.[^key-2020]\n:::\n\n| a | b |\n|---|---|\n| c | d |\n"
    assert reading.passages(markdown) == ["Rest."]


def test_nothing_to_read_is_grade_zero_and_a_minute() -> None:
    assert reading.grade([], syllables) == 0.0
    assert reading.minutes("") == 1


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (220, 1), (440, 2), (1000, 5)])
def test_minutes_follow_the_number_of_words(words: int, minutes: int) -> None:
    assert reading.minutes("word " * words) == minutes


@pytest.mark.parametrize(
    ("word", "count"), [("sciatica", 4), ("back", 1), ("nerve", 1), ("couldn't", 2), ("zzyzxflorp", 2)]
)
def test_syllables(word: str, count: int) -> None:
    assert syllables(word) == count
