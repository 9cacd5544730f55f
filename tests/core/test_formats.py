from datetime import UTC, datetime, timedelta

import pytest

from app.core.formats import BY_DAY, clock, dated, money, number, when
from app.core.zones import zone
from tests.scheduling import oracle


def test_the_same_instant_is_another_day_elsewhere() -> None:
    at = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert dated(at, "d MMM", "en") == "1 Dec"
    assert dated(at.astimezone(zone("Asia/Tokyo")), "d MMM", "en") == "2 Dec"
    assert when(at.astimezone(zone("America/Chicago")), "en") == "Tue 1 Dec, 5:30 pm"


@pytest.mark.parametrize(
    ("name", "first", "said"),
    [
        ("America/New_York", "2027-11-07T05:30", ["1:30 am EDT", "1:30 am EST"]),
        ("Africa/Cairo", "2027-10-28T20:30", ["11:30 pm EEST", "11:30 pm EET"]),
        ("America/New_York", "2027-11-07T07:30", ["2:30 am", "3:30 am"]),
        ("America/New_York", "2027-03-14T06:30", ["1:30 am", "3:30 am"]),
    ],
)
def test_two_equal_times_are_told_apart(name: str, first: str, said: list[str]) -> None:
    at = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert [clock(each.astimezone(zone(name))) for each in (at, at + timedelta(hours=1))] == said


def test_no_clock_is_put_back_by_day() -> None:
    for name in oracle.zones():
        for change in oracle.changes(name):
            after, before = ((change + step).astimezone(zone(name)) for step in (timedelta(0), -oracle.MINUTE))
            if (after.utcoffset() or timedelta(0)) < (before.utcoffset() or timedelta(0)):
                assert not {after.hour, before.hour} & {*BY_DAY}, (name, change)


def test_prices_and_counts_are_written_as_the_language_does() -> None:
    assert [money(9500, "USD", each) for each in ("en", "es")] == ["$95", "$95"]
    assert money(9550, "USD", "en") == "$95.50"
    assert [number(1284, each) for each in ("en", "es")] == ["1,284", "1,284"]
