"""Statements that are sent in one piece do what they do one by one."""

import pytest
from flask import Flask
from sqlalchemy import bindparam, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.statements import WAITING, Asked, Statement, at_once, until_commit
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


def test_what_is_asked_is_known_when_it_is_looked_at(session: Session) -> None:
    WRITE.run(session, _message("a"))
    with at_once(session):
        before = KEYS.ask(session, {"about": "visit:1"})
        WRITE.run(session, _message("b"))
        after = KEYS.ask(session, {"about": "visit:1"})
        assert (before.rows(), after.rows()) == ([("a",)], [("a",), ("b",)])
        unread = KEYS.ask(session, {"about": "visit:1"})
        WRITE.run(session, _message("c"))
    assert unread.rows() == [("a",), ("b",)]
    assert KEYS.ask(session, {"about": "visit:1"}).rows() == [("a",), ("b",), ("c",)]


@pytest.mark.databases("postgresql")
def test_what_was_asked_in_a_piece_that_failed_is_not_known(session: Session) -> None:
    WRITE.run(session, _message("a"))
    asked: list[Asked] = []
    with pytest.raises(IntegrityError):
        _fail_and_ask(session, asked)
    with pytest.raises(RuntimeError, match="failed"):
        asked[0].rows()


def _fail_and_ask(session: Session, asked: list[Asked]) -> None:
    with at_once(session):
        WRITE.run(session, _message("a"))
        asked.append(KEYS.ask(session, {"about": "visit:1"}))


def test_what_waits_goes_before_whatever_the_session_does(session: Session) -> None:
    count = select(func.count()).select_from(OutboxMessage)
    with at_once(session):
        WRITE.run(session, _message("a"))
        assert session.scalar(count) == 1
        WRITE.run(session, _message("b"))
        session.add(OutboxMessage(**_message("c")))
        session.flush()
        assert keys(session) == ["a", "b", "c"]


def test_a_savepoint_has_what_was_run_within_it_and_no_more(session: Session) -> None:
    with at_once(session):
        WRITE.run(session, _message("before"))
        with pytest.raises(LookupError):
            _lose_in_a_savepoint(session)
        with session.begin_nested():
            WRITE.run(session, _message("kept"))
        with pytest.raises(Conflict), session.begin_nested():
            WRITE_OR_REFUSE.run(session, _message("kept"))
        WRITE.run(session, _message("after"))
    assert keys(session) == ["before", "kept", "after"]


def _lose_in_a_savepoint(session: Session) -> None:
    with session.begin_nested():
        WRITE.run(session, _message("lost"))
        raise LookupError


def test_with_the_commit_goes_what_was_only_run(app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            until_commit(session)
            send(session, (WRITE, _message("a")))
            WRITE.run(session, _message("b"), _message("c"))
        assert keys(db.session) == ["a", "b", "c"]
        with transaction() as session:
            until_commit(session)
            WRITE.run(session, _message("d"))
            assert keys(session) == ["a", "b", "c", "d"]
        with transaction() as session:
            until_commit(session)
        assert keys(db.session) == ["a", "b", "c", "d"]


def test_a_refusal_with_the_commit_undoes_everything(app: Flask) -> None:
    with app.app_context():
        _send_and_commit((WRITE, _message("there")))
        for round_ in range(3):
            with pytest.raises(Conflict, match="It is there"):
                _run_until_commit((WRITE, f"lost {round_}"), (WRITE_OR_REFUSE, "there"), (WRITE, "lost too"))
            assert keys(db.session) == ["there"]
            db.session.rollback()


def test_what_waits_is_forgotten_with_its_transaction(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(LookupError):
            _run_until_commit((WRITE, "lost"), error=LookupError())
        _send_and_commit((WRITE, _message("kept")))
        with transaction() as session:
            WRITE.run(session, _message("at once"))
            assert session.connection().info.get(WAITING) is None
        assert keys(db.session) == ["kept", "at once"]


@pytest.mark.databases("postgresql")
def test_a_connection_that_is_lost_at_the_commit_is_given_up(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(DBAPIError) as raised:
            _run_until_commit((WRITE, "lost"), before_commit="SELECT pg_terminate_backend(pg_backend_pid())")
        assert raised.value.connection_invalidated
        _send_and_commit((WRITE, _message("kept")))
        assert keys(db.session) == ["kept"]


def _run_until_commit(
    *wanted: tuple[Statement, str], error: Exception | None = None, before_commit: str | None = None
) -> None:
    with transaction() as session:
        until_commit(session)
        for statement, key in wanted:
            statement.run(session, _message(key))
        if before_commit:
            Statement(text(before_commit)).run(session, {})
        if error:
            raise error
