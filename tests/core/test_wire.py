"""What goes to PostgreSQL in one piece is done in order, as far as the first failure, and the connection stays of use."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from psycopg import errors
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine

from app.core import wire
from app.core.wire import Answer, Asked, Wire
from app.doors.database import db

pytestmark = pytest.mark.databases("postgresql")
CREATE: Asked = ("CREATE TEMPORARY TABLE kept (number INTEGER PRIMARY KEY, words TEXT, bits BYTEA)", [])
INSERT = "INSERT INTO kept VALUES ($1, $2, $3)"
COUNT: Asked = ("SELECT count(*) FROM kept", [])


@pytest.fixture
def driver(app: Flask) -> Iterator[psycopg.Connection]:
    with app.app_context():
        pooled = db.engine.raw_connection()
    own: psycopg.Connection = pooled.driver_connection  # type: ignore[assignment]
    yield own
    if own.closed:
        pooled.invalidate()
    else:
        own.rollback()
    pooled.close()


@pytest.fixture
def line(driver: psycopg.Connection) -> Wire:
    return Wire(driver)


def ask(line: Wire, *asked: Asked) -> list[Answer]:
    answers: list[Answer] = []
    line.send(asked, answers)
    return answers


def test_rows_come_back_in_order_with_their_types(line: Wire) -> None:
    _, wrote, found = ask(
        line, CREATE, (INSERT, [1, "äö\\'\"", b"\x00\xff\\"]), ("SELECT number, words, bits, NULL FROM kept", [])
    )
    assert wrote == ([], ())
    assert found.rows == [(1, "äö\\'\"", b"\x00\xff\\", None)]
    assert list(found.types[:3]) == [23, 25, 17]


def test_nothing_is_as_good(line: Wire) -> None:
    assert ask(line) == []
    assert ask(line, ("SELECT 1", []))[0].rows == [(1,)]


def test_a_transaction_begins_by_itself_and_ends_with_the_drivers(line: Wire, driver: psycopg.Connection) -> None:
    ask(line, ("CREATE TABLE lasting (number INTEGER)", []))
    assert driver.info.transaction_status == TransactionStatus.INTRANS
    driver.rollback()
    assert ask(line, ("SELECT to_regclass('lasting') IS NULL", []))[0].rows == [(True,)]


def test_without_transactions_none_is_begun(line: Wire, driver: psycopg.Connection) -> None:
    driver.autocommit = True
    try:
        ask(line, ("SELECT 1", []))
        assert driver.info.transaction_status == TransactionStatus.IDLE
    finally:
        driver.autocommit = False


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_comes_after_a_failure_is_not_done_and_what_came_before_is_known(
    line: Wire, driver: psycopg.Connection, at: int
) -> None:
    ask(line, CREATE, (INSERT, [0, "there", None]))
    driver.commit()
    numbers = [1, 2, 3]
    numbers[at] = 0
    answers: list[Answer] = []
    with pytest.raises(errors.UniqueViolation) as raised:
        line.send([(INSERT, [number, "", None]) for number in numbers], answers)
    assert len(answers) == at
    assert raised.value.diag.constraint_name == "kept_pkey"
    assert driver.info.transaction_status == TransactionStatus.INERROR
    with pytest.raises(errors.InFailedSqlTransaction):
        ask(line, COUNT)
    driver.rollback()
    assert ask(line, COUNT)[0].rows == [(1,)]


def test_a_statement_that_was_not_prepared_is_prepared_the_next_time(line: Wire, driver: psycopg.Connection) -> None:
    with pytest.raises(errors.UndefinedTable):
        ask(line, ("SELECT 1", []), ("SELECT * FROM nowhere", []), ("SELECT 2", []), ("SELECT 3", []))
    driver.rollback()
    three = ask(line, ("SELECT 3", []), ("SELECT 1", []), ("SELECT 2", []), ("SELECT 3", []))
    assert [each.rows for each in three] == [[(3,)], [(1,)], [(2,)], [(3,)]]
    driver.rollback()
    prepared = driver.execute("SELECT statement FROM pg_prepared_statements WHERE name LIKE 'unknot%'").fetchall()
    assert sorted(prepared) == [("SELECT 1",), ("SELECT 2",), ("SELECT 3",)]


def test_what_was_prepared_lasts_whatever_the_driver_did_meanwhile(line: Wire, driver: psycopg.Connection) -> None:
    ask(line, CREATE)
    driver.commit()
    for _ in range(8):
        driver.execute("SELECT %s::int", [1])
        driver.cursor().executemany("SELECT %s::int", [[1], [2]])
        driver.rollback()
        assert ask(line, COUNT)[0].rows == [(0,)]


def test_what_is_gone_is_prepared_anew_the_next_time(line: Wire, driver: psycopg.Connection) -> None:
    ask(line, ("SELECT 1", []), ("SELECT 2", []))
    driver.execute("DEALLOCATE ALL")
    driver.commit()
    with pytest.raises(errors.InvalidSqlStatementName):
        ask(line, ("SELECT 1", []))
    driver.rollback()
    for _ in range(2):
        assert [each.rows for each in ask(line, ("SELECT 2", []), ("SELECT 1", []))] == [[(2,)], [(1,)]]


def test_a_value_that_cannot_be_read_spoils_nothing_else(line: Wire, driver: psycopg.Connection) -> None:
    for _ in range(2):
        with pytest.raises(psycopg.DataError):
            ask(line, ("SELECT 'infinity'::timestamptz", []), ("SELECT 1", []))
        driver.rollback()
    assert [each.rows for each in ask(line, ("SELECT 2", []), ("SELECT 1", []))] == [[(2,)], [(1,)]]


def test_a_piece_that_cannot_be_said_ends_the_connection(
    line: Wire, driver: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Wire, asked: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Wire, "_say", fail)
    with pytest.raises(MemoryError):
        ask(line, ("SELECT 1", []))
    assert driver.closed


def test_a_connection_that_prepares_by_itself_is_refused(app: Flask) -> None:
    with app.app_context():
        url = db.engine.url
    plain = create_engine(url)
    with plain.connect() as connection, pytest.raises(ValueError, match="set its engine up"):
        Wire(connection.connection.driver_connection)  # type: ignore[arg-type]
    plain.dispose()
    wire.prepare(create_engine("sqlite://"))


def test_megabytes_go_both_ways(line: Wire) -> None:
    large = "x" * 3_000_000
    echo: Asked = ("SELECT $1::text", [large])
    assert [each.rows for each in ask(line, echo, echo, echo)] == [[(large,)]] * 3


def test_many_statements_make_one_piece(line: Wire) -> None:
    found = ask(line, CREATE, *((INSERT, [number, "w" * 100, b"b" * 100]) for number in range(5000)), COUNT)
    assert found[-1].rows == [(5000,)]


@pytest.mark.parametrize("more", [[], [("SELECT 2", [])]])
def test_a_lost_connection_says_why(line: Wire, driver: psycopg.Connection, more: list[Asked]) -> None:
    answers: list[Answer] = []
    with pytest.raises(psycopg.OperationalError, match="terminating connection"):
        line.send([("SELECT 1", []), ("SELECT pg_terminate_backend(pg_backend_pid())", []), *more], answers)
    assert driver.closed
    with pytest.raises(psycopg.OperationalError):
        ask(line, ("SELECT 1", []))


def test_one_that_waits_for_a_lock_can_be_cancelled(line: Wire, driver: psycopg.Connection) -> None:
    def cancel() -> None:
        time.sleep(0.3)
        driver.cancel_safe()

    other = threading.Thread(target=cancel)
    other.start()
    with pytest.raises(errors.QueryCanceled):
        ask(line, ("SELECT pg_sleep(20)", []), ("SELECT 1", []))
    other.join()
    driver.rollback()
    assert ask(line, ("SELECT 1", []))[0].rows == [(1,)]
