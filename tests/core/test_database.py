from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.directory.models import Therapist
from app.doors.database import db, transaction

pytestmark = pytest.mark.databases


def test_instants_come_back_aware_and_in_utc(session: Session) -> None:
    moment = datetime(2026, 11, 1, 1, 30, tzinfo=timezone(timedelta(hours=-5)))
    session.add(Therapist(slug="a", name="A", last_name="A", created_at=moment))
    session.commit()
    session.expire_all()
    read = session.query(Therapist).one().created_at
    assert read == moment
    assert read.tzinfo is UTC


def test_a_naive_instant_is_refused(session: Session) -> None:
    session.add(Therapist(slug="a", name="A", last_name="A", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001
    with pytest.raises(Exception, match="naive"):
        session.flush()


def test_a_transaction_commits_once_and_rolls_back_whole(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.add(Therapist(slug="kept", name="K", last_name="K"))
        with pytest.raises(RuntimeError):
            _lose_one()
        assert db.session.execute(text("SELECT slug FROM therapist")).scalars().all() == ["kept"]


def _lose_one() -> None:
    with transaction() as session:
        session.add(Therapist(slug="lost", name="L", last_name="L"))
        session.flush()
        raise RuntimeError
