"""Only licences in force are counted, and only a board's word counts as checked."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.directory.counts import LicenceCounts, licence_counts
from tests import factories

pytestmark = pytest.mark.databases
DAY = date(2026, 11, 21)


def test_counts_follow_the_licence_rules(session: Session) -> None:
    everyone = [factories.therapist(session).licences[0] for _ in range(6)]
    checked, last_day, over, revoked, undated, _registry = everyone
    checked.checked_how, checked.checked_on = "board_roster", DAY
    last_day.checked_how, last_day.checked_on, last_day.expires_on = "admin", DAY, DAY
    over.checked_how, over.checked_on, over.expires_on = "board_roster", DAY, DAY - timedelta(days=1)
    revoked.status = "revoked"
    undated.checked_how, undated.checked_on = "board_roster", None
    session.commit()
    assert licence_counts(session, DAY) == LicenceCounts(checked=2, self_reported=2)


def test_an_empty_directory_counts_nothing(session: Session) -> None:
    assert licence_counts(session, DAY) == LicenceCounts(0, 0)
