"""A short run of `make stress`: the same times, many clients, web and worker killed in between."""

import pytest

from app.core import logs
from tools import stress


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_nothing_is_lost_or_doubled(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "configure", lambda **_: None)  # that would hold for the tests after this one
    result = stress.run(kind, seconds=6, clients=16, seed=7)
    assert result["booked"] > 0
    assert result["outcomes"].get("409 time-taken", 0) > 0
    assert sum(result["killed"].values()) > 0
    assert not any(result["broken"].values()), result


def test_the_check_sees_two_bookings_at_one_time() -> None:
    from datetime import UTC, datetime

    from app.scheduling.models import Booking
    from tools.invariants import overlaps

    def booking(number: int, minute: int, state: str = "confirmed") -> Booking:
        at = datetime(2027, 3, 1, 15, minute, tzinfo=UTC)
        return Booking(
            id=number, therapist_id=1, starts_at=at, minutes=60, buffer_before=0, buffer_after=0, state=state
        )

    assert overlaps([booking(1, 0), booking(2, 30)]) == 1
    assert overlaps([booking(1, 0), booking(2, 30, "declined")]) == 0
