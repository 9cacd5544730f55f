"""The pure rules of referrals."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.referrals import checks, names, spreadsheets, statuses
from app.referrals.links import LinkFacts, standing
from app.referrals.statuses import OF_STATE, Shared, status
from app.scheduling.states import STATES

NOW = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (LinkFacts("verified", True, None, NOW + timedelta(seconds=1)), "works"),
        (LinkFacts("verified", True, None, None), "works"),
        (LinkFacts("verified", True, None, NOW), "expired"),
        (LinkFacts("verified", True, NOW, None), "revoked"),
        (LinkFacts("verified", False, None, None), "revoked"),
        (LinkFacts("waiting", True, None, None), "unverified"),
        (LinkFacts("waiting", True, None, NOW), "expired"),
        (LinkFacts("refused", True, None, None), "revoked"),
    ],
)
def test_when_a_link_works(facts: LinkFacts, expected: str) -> None:
    assert standing(facts, NOW) == expected


def test_every_state_of_a_booking_but_held_has_a_word() -> None:
    assert set(OF_STATE) == STATES - {"held"}


def test_with_several_visits_the_best_news_counts() -> None:
    assert status(NOW, 1, [Shared("declined"), Shared("attended"), Shared("confirmed")], NOW) == "attended"
    assert status(NOW, 1, [Shared("cancelled_by_patient"), Shared("requested")], NOW) == "requested"


@given(opened=st.integers(0, 9), age=st.integers(0, 60), secret=st.lists(st.sampled_from(sorted(STATES))))
def test_a_booking_that_is_not_shared_looks_like_none(opened: int, age: int, secret: list[str]) -> None:
    """`secret` never reaches the rule: whatever was booked, the word depends on openings and age alone."""
    del secret
    word = status(NOW - timedelta(days=age), opened, [], NOW)
    assert word == ("never_booked" if age >= 14 else "opened" if opened else "new")


def test_a_time_that_is_only_held_is_not_told() -> None:
    assert status(NOW, 1, [Shared("held")], NOW) == "opened"


def test_months_are_counted_by_when_the_link_was_made() -> None:
    rows = [
        (datetime(2026, 12, 31, 23, tzinfo=UTC), 2, "attended"),
        (datetime(2027, 1, 1, tzinfo=UTC), 0, "never_booked"),
        (datetime(2025, 1, 1, tzinfo=UTC), 1, "confirmed"),
    ]
    found = statuses.months(rows, date(2027, 2, 14), 3)
    assert [(each.first, each.made, each.opened, each.booked, each.attended) for each in found] == [
        (date(2026, 12, 1), 1, 1, 1, 1),
        (date(2027, 1, 1), 1, 0, 0, 0),
        (date(2027, 2, 1), 0, 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("given", "registered", "same"),
    [
        ("Dr. José Núñez-Díaz", "JOSE NUNEZ DIAZ", True),
        ("Testa Example MD", "Testa Q. Example Jr.", True),
        ("Testa Example", "Testo Example", False),
        ("Dr. Example", "Testa Example", False),
        ("Testa Example", "", False),
    ],
)
def test_names_agree_in_words_not_in_spelling(given: str, registered: str, same: bool) -> None:
    assert names.agree(given, registered) is same


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_no_cell_of_a_table_begins_like_a_formula(cells: list[str]) -> None:
    header = [str(at) for at in range(len(cells))]
    text = spreadsheets.table(header, [cells]).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == 2
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"])
def test_a_formula_is_shown_not_run(cell: str) -> None:
    assert spreadsheets.safe(cell).startswith("'")


def test_pain_is_from_nought_to_ten() -> None:
    assert checks.checked(checks.Answers(10, "  sit \n long ")) == checks.Answers(10, "sit long")
    for pain in (-1, 11):
        with pytest.raises(Invalid) as caught:
            checks.checked(checks.Answers(pain))
        assert caught.value.field == "pain"
