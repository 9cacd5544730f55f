"""What waits to be sent belongs to one transaction, and goes nowhere else whatever becomes of it (PostgreSQL)."""

import gc
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from app.core.errors import Conflict
from app.core.statements import Statement, at_once, until_commit
from app.doors.database import db, in_transaction, transaction
from tests.core.test_at_once import WRITE_OR_REFUSE, keys
from tests.core.test_statements import MOMENT, WRITE, _message

pytestmark = pytest.mark.databases("postgresql")
LOSE = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))


@pytest.fixture
def maker(app: Flask) -> sessionmaker[Session]:
    with app.app_context():
        return db.sessionmaker


def test_who_loses_a_connection_takes_nothing_from_who_has_it_next(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    has_run, may_commit = threading.Event(), threading.Event()

    def next_one() -> None:
        with app.app_context(), transaction() as session:
            until_commit(session)
            WRITE.run(session, _message("next"))
            has_run.set()
            may_commit.wait(5)

    other, give_up = threading.Thread(target=next_one), Connection.invalidate

    def give_up_and_let_in(self: Connection, error: BaseException | None = None) -> None:
        give_up(self, error)
        if not other.ident:
            other.start()
            has_run.wait(5)

    monkeypatch.setattr(Connection, "invalidate", give_up_and_let_in)
    with app.app_context():
        with pytest.raises(DBAPIError):
            _in_one_piece(lambda session: LOSE.run(session, {}))
        may_commit.set()
        other.join()
        assert keys(db.session) == ["next"]


def _in_one_piece(work: Callable[[Session], object]) -> None:
    with transaction() as session, at_once(session):
        work(session)


def test_a_session_that_is_dropped_leaves_nothing(maker: sessionmaker[Session]) -> None:
    def drop() -> None:
        own = maker()
        until_commit(own)
        WRITE.run(own, _message("dropped"))

    drop()
    gc.collect()
    with maker() as other:
        WRITE.run(other, _message("kept"))
        other.commit()
        assert keys(other) == ["kept"]


@pytest.mark.parametrize("wrong", [_message("there"), _message("b") | {"send_after": MOMENT.replace(tzinfo=None)}])
def test_a_commit_that_failed_leaves_no_transaction_open(
    maker: sessionmaker[Session], wrong: dict[str, object]
) -> None:
    with maker() as session:
        WRITE.run(session, _message("there"))
        session.commit()
    with pytest.raises((Conflict, StatementError)):
        _write_and_commit(maker, _message("a"), wrong)
    with maker() as session:
        pooled = session.connection().connection.driver_connection
        assert pooled
        assert pooled.pgconn.transaction_status == TransactionStatus.IDLE
        assert keys(session) == ["there"]


def _write_and_commit(maker: sessionmaker[Session], *rows: dict[str, object]) -> None:
    with maker() as session:
        until_commit(session)
        for row in rows:
            WRITE_OR_REFUSE.run(session, row)
            if row is rows[0]:
                keys(session)
        session.commit()


@pytest.mark.parametrize("waiting", [True, False])
def test_who_overhears_a_failure_is_not_told_that_it_is_saved(app: Flask, waiting: bool) -> None:
    with app.app_context():
        with transaction() as session:
            WRITE.run(session, _message("there"))
        with pytest.raises(PendingRollbackError):
            _overhear(waiting)
        assert keys(db.session) == ["there"]


def _overhear(waiting: bool) -> None:
    with transaction() as session:
        if waiting:
            until_commit(session)
        WRITE.run(session, _message("lost"))
        try:
            WRITE_OR_REFUSE.run(session, _message("there"))
            keys(session)
        except Conflict:
            pass


@pytest.mark.parametrize("change", ["DEALLOCATE ALL", "ALTER TABLE outbox_message ALTER about TYPE VARCHAR(120)"])
def test_what_has_to_be_prepared_anew_is(app: Flask, change: str) -> None:
    every = Statement(text("SELECT * FROM outbox_message"))

    def read(session: Session) -> list[str]:
        every.run(session, {})
        return keys(session)

    with app.app_context():
        in_transaction(read)
        in_transaction(lambda session: session.execute(text(change)))
        for _ in range(2):
            assert in_transaction(read) == []
