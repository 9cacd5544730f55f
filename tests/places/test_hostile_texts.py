"""What a stranger types as a place costs little, however it is made."""

import time

import pytest

from app.places import parse


@pytest.mark.parametrize(
    "text",
    [
        "1" + " " * 290 + "x",
        " " * 90 + "1" + "\t" * 190 + "x",
        "lat" + ": =" * 90 + "1" + " " * 20 + "x",
        "a(1" + " " * 290 + ")",
        "1° " * 99 + "n e",
        "78701 - " * 37,
    ],
)
def test_a_text_made_to_be_slow_is_not(text: str) -> None:
    """Not a benchmark: with its blanks as they came, the first took a second and a half."""
    started = time.process_time()
    parse.point(text)
    parse.typed(text)
    assert time.process_time() - started < 0.3


def test_blanks_do_not_matter_to_a_point() -> None:
    assert parse.point(" 30.2672 \t  ,   -97.7431 ") == parse.Point2(30.2672, -97.7431)
