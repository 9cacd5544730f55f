from collections.abc import Collection
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core.database import among
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


@pytest.mark.parametrize("wanted", [[], [1], [2, 3, 3, 2**40, -1], range(1, 5000)])
def test_among_finds_what_is_listed(session: Session, wanted: Collection[int]) -> None:
    session.add_all(Therapist(slug=str(number), name="A", last_name="A") for number in range(4))
    session.flush()
    ids = sorted(session.scalars(select(Therapist.id)))
    query = select(Therapist.id).where(among(Therapist.id, "ids")).order_by(Therapist.id)
    assert list(session.scalars(query, {"ids": wanted})) == [each for each in ids if each in wanted]


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
