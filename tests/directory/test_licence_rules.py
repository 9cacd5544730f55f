"""Under which licence somebody may be listed."""

from dataclasses import replace
from datetime import date

import pytest

from app.directory.licences import CheckedHow, LicenceFacts, LicenceStatus, licence_for

TOLD = LicenceFacts("US-TX", "MT2", LicenceStatus.UNKNOWN, None, CheckedHow.SELF, None)
CHECKED = LicenceFacts(
    "US-TX", "MT1", LicenceStatus.ACTIVE, date(2030, 1, 1), CheckedHow.BOARD_ROSTER, date(2026, 11, 1)
)


@pytest.mark.parametrize("status", [LicenceStatus.SUSPENDED, LicenceStatus.REVOKED, LicenceStatus.SURRENDERED])
def test_whom_the_board_barred_is_not_listed_by_another_number_of_their_own(status: LicenceStatus) -> None:
    barred = replace(CHECKED, status=status)
    assert licence_for([barred, TOLD], "US-TX") is None
    assert licence_for([replace(barred, jurisdiction="US-OK"), TOLD], "US-TX") == TOLD


def test_an_old_licence_that_ran_out_does_not_bar_the_new_one() -> None:
    assert licence_for([replace(CHECKED, status=LicenceStatus.EXPIRED), TOLD], "US-TX") == TOLD


def test_a_second_licence_that_the_board_knows_counts_beside_a_revoked_one() -> None:
    other = replace(CHECKED, number="MT3")
    assert licence_for([replace(CHECKED, status=LicenceStatus.REVOKED), other, TOLD], "US-TX") == other
