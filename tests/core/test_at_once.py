"""Statements that are sent in one piece do what they do one by one."""

import pytest
from flask import Flask
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.statements import Statement, at_once
from app.doors.database import db, transaction
from app.notifications.models import OutboxMessage
from tests.core.test_statements import COLUMNS, MOMENT, OUTBOX, WRITE, _message

pytestmark = pytest.mark.databases
KEYS = Statement(select(OutboxMessage.key).where(OutboxMessage.about == bindparam("about")).order_by(OutboxMessage.id))
WRITE_OR_REFUSE = Statement(
    insert(OUTBOX),  # type: ignore[arg-type]
    COLUMNS,
    refused=lambda: Conflict("It is there.", code="there"),
)


def send(session: Session, *wanted: tuple[Statement, dict[str, object]]) -> None:
    with at_once(session):
        for statement, values in wanted:
            statement.run(session, values)


def keys(session: Session) -> list[str]:
    return [key for (key,) in KEYS.rows(session, {"about": "visit:1"})]


def test_in_order_and_before_anything_is_read(session: Session) -> None:
    with at_once(session):
        WRITE.run(session, _message("b"))
        WRITE.run(session, _message("a"), _message("c"))
        assert keys(session) == ["b", "a", "c"]
        assert keys(session) == ["b", "a", "c"]
        WRITE.run(session, _message("d"))
    assert keys(session) == ["b", "a", "c", "d"]


def test_one_inside_another_is_part_of_it(session: Session) -> None:
    with at_once(session):
        WRITE.run(session, _message("a"))
        with at_once(session):
            WRITE.run(session, _message("b"))
        WRITE.run(session, _message("c"))
    assert keys(session) == ["a", "b", "c"]


def test_nothing_is_as_good(session: Session) -> None:
    with at_once(session):
        pass
    assert keys(session) == []


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_refusal_is_the_statements_own_wherever_it_stands(session: Session, at: int) -> None:
    WRITE.run(session, _message("there"))
    wanted = ["a", "b", "c"]
    wanted[at] = "there"
    by = [WRITE_OR_REFUSE if number == at else WRITE for number in range(3)]
    with pytest.raises(Conflict, match="It is there") as raised:
        send(session, *((one, _message(key)) for one, key in zip(by, wanted, strict=True)))
    assert isinstance(raised.value.__cause__, IntegrityError)
    session.rollback()
    assert keys(session) == []


def test_a_refusal_that_is_heard_while_others_are_sent_is_the_first_ones(app: Flask) -> None:
    with app.app_context():
        for round_ in range(60):
            _send_and_commit(*((WRITE, _message(f"{round_}-{each}")) for each in range(6)))
            twice, *later = (_message(f"{round_}-{each}") for each in (0, 6, 7, 8, 9))
            with pytest.raises(Conflict):
                _send_and_commit((WRITE_OR_REFUSE, twice), *((WRITE, each) for each in later))


def test_a_refusal_that_says_nothing_is_the_librarys(session: Session) -> None:
    with pytest.raises(IntegrityError):
        send(session, (WRITE, _message("a")), (WRITE, _message("a")), (WRITE_OR_REFUSE, _message("b")))


def test_what_failed_before_it_was_sent_is_not_sent(session: Session) -> None:
    with pytest.raises(AttributeError):
        send(session, (WRITE, _message("a")), (None, {}))  # type: ignore[arg-type]
    session.rollback()
    with at_once(session):
        WRITE.run(session, _message("b"))
    assert keys(session) == ["b"]


def test_a_wrong_value_is_refused(session: Session) -> None:
    naive = _message("b") | {"send_after": MOMENT.replace(tzinfo=None)}
    with pytest.raises(StatementError, match="naive"):
        send(session, (WRITE, _message("a")), (WRITE, naive))
    session.rollback()
    assert keys(session) == []


def test_one_transaction_after_another_and_none_of_the_lost(app: Flask) -> None:
    with app.app_context():
        for round_ in range(3):
            _send_and_commit(*((WRITE, _message(f"{round_}-{each}")) for each in range(2)))
            with pytest.raises(IntegrityError):
                _send_and_commit((WRITE, _message(f"{round_} lost")), (WRITE, _message("0-0")))
        assert keys(db.session) == [f"{round_}-{each}" for round_ in range(3) for each in range(2)]


@pytest.mark.databases("postgresql")
def test_a_lost_connection_is_given_up(app: Flask) -> None:
    terminate = Statement(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with app.app_context():
        with pytest.raises(DBAPIError) as raised:
            _send_and_commit((WRITE, _message("lost")), (terminate, {}), (WRITE, _message("lost too")))
        assert raised.value.connection_invalidated
        _send_and_commit((WRITE, _message("kept")))
        assert keys(db.session) == ["kept"]


def _send_and_commit(*wanted: tuple[Statement, dict[str, object]]) -> None:
    with transaction() as session:
        send(session, *wanted)
