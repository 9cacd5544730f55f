from datetime import UTC, datetime

from app.core.formats import dated, money, number, when
from app.core.zones import zone


def test_the_same_instant_is_another_day_elsewhere() -> None:
    at = datetime(2026, 12, 1, 23, 30, tzinfo=UTC)
    assert dated(at, "d MMM", "en") == "1 Dec"
    assert dated(at.astimezone(zone("Asia/Tokyo")), "d MMM", "en") == "2 Dec"
    assert when(at.astimezone(zone("America/Chicago")), "en") == "Tue 1 Dec, 5:30 pm"


def test_prices_and_counts_are_written_as_the_language_does() -> None:
    assert [money(9500, "USD", each) for each in ("en", "es")] == ["$95", "$95"]
    assert money(9550, "USD", "en") == "$95.50"
    assert [number(1284, each) for each in ("en", "es")] == ["1,284", "1,284"]
