"""Statements that go straight to the driver do what `Connection.execute` does with them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, Integer, bindparam, event, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError, StatementError
from sqlalchemy.orm import Session

from app.core.crypto import Sealed
from app.core.database import plain
from app.core.statements import Statement
from app.directory.models import Therapist
from app.doors.database import db, transaction
from app.notifications.models import OutboxMessage
from tests.support.questions import listening

pytestmark = pytest.mark.databases
MOMENT = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
OUTBOX = OutboxMessage.__table__
COLUMNS = ("key", "kind", "about", "facts", "state", "send_after", "created_at", "attempts")
WRITE = Statement(insert(OUTBOX), COLUMNS)  # type: ignore[arg-type]
READ = Statement(
    select(OutboxMessage.key, OutboxMessage.facts, OutboxMessage.send_after, OutboxMessage.sent_at)
    .where(OutboxMessage.about == bindparam("about"), OutboxMessage.attempts < 5)
    .order_by(OutboxMessage.key)
)


def _message(key: str) -> dict[str, object]:
    return dict(zip(COLUMNS, (key, "mail", "visit:1", f"sealed {key}", "waiting", MOMENT, MOMENT, 0), strict=True))


@pytest.mark.parametrize("count", [1, 3])
def test_values_go_in_and_come_out_as_their_types_say(session: Session, count: int) -> None:
    WRITE.run(session, *(_message(str(number)) for number in range(count)))
    expected = [(str(number), f"sealed {number}", MOMENT, None) for number in range(count)]
    assert READ.rows(session, {"about": "visit:1"}) == expected
    with listening(session.connection().engine) as said:
        assert READ.rows(session, {"about": "visit:1"}) == expected
    assert len(said) == 1
    kept = session.execute(text("SELECT facts FROM outbox_message")).scalars().all()
    assert all(b"sealed" not in bytes(each) for each in kept)


def test_what_was_sealed_before_is_written_as_it_is(session: Session) -> None:
    early = Sealed("said in confidence")
    WRITE.run(session, _message("a") | {"facts": early})
    assert READ.rows(session, {"about": "visit:1"})[0][1] == early == "said in confidence"
    assert bytes(session.scalar(text("SELECT facts FROM outbox_message")) or b"") == early.ciphertext


def test_what_is_written_is_heard_by_who_listens(session: Session) -> None:
    with listening(session.connection().engine) as said:
        WRITE.run(session, _message("a"), _message("b"))
    assert [each.split(" (")[0] for each in said] == ["INSERT INTO outbox_message"]
    assert len(READ.rows(session, {"about": "visit:1"})) == 2


def test_a_value_that_is_worked_out_is_worked_out_each_time(session: Session) -> None:
    numbers = iter((7, 8))
    counted = Statement(select(bindparam("number", type_=Integer, callable_=lambda: next(numbers))))
    assert [counted.rows(session, {}) for _ in range(2)] == [[(7,)], [(8,)]]


def test_what_the_session_holds_is_written_first(session: Session) -> None:
    session.add(Therapist(slug="new", name="N", last_name="N"))
    assert Statement(select(Therapist.slug)).rows(session, {}) == [("new",)]


def test_an_error_is_the_librarys_and_is_heard(session: Session) -> None:
    heard: list[object] = []
    note: Callable[..., None] = lambda context: heard.append(context.sqlalchemy_exception)  # noqa: E731
    WRITE.run(session, _message("a"))
    event.listen(session.get_bind(), "handle_error", note)
    with pytest.raises(IntegrityError) as raised:
        WRITE.run(session, _message("a"))
    event.remove(session.get_bind(), "handle_error", note)
    assert heard == [raised.value]
    assert "sealed" not in str(raised.value)


def test_a_wrong_value_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive"):
        WRITE.run(session, _message("a") | {"send_after": MOMENT.replace(tzinfo=None)})
    with pytest.raises(StatementError):
        READ.rows(session, {})


@pytest.mark.parametrize(
    "where", [OutboxMessage.id.in_([1, 2]), OutboxMessage.id == bindparam("id", literal_execute=True)]
)
def test_a_text_that_depends_on_its_values_is_refused(session: Session, where: ColumnElement[bool]) -> None:
    with pytest.raises(ValueError, match="not the same text"):
        Statement(select(OutboxMessage.id).where(where)).rows(session, {"id": 1})


def test_an_insert_that_leaves_a_default_to_the_library_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="not the same text"):
        Statement(insert(OUTBOX), COLUMNS[:-1]).run(session, _message("a"))  # type: ignore[arg-type]


def test_each_transaction_has_its_own_connection(app: Flask) -> None:
    with app.app_context():
        for name in ("one", "two"):
            with transaction() as session:
                assert plain(session) is session.connection()
                WRITE.run(session, _message(name))
            with pytest.raises(RuntimeError):
                _lose(name)
        found = [key for key, *_ in READ.rows(db.session, {"about": "visit:1"})]
        assert plain(db.session) is db.session.connection()
    assert found == ["one", "two"]


def test_after_a_write_that_failed_nothing_is_written_outside_the_transaction(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(PendingRollbackError):
            _go_on_after_a_failure()
        assert READ.rows(db.session, {"about": "visit:1"}) == []


def _go_on_after_a_failure() -> None:
    with transaction() as session:
        session.add_all(OutboxMessage(**_message("twice")) for _ in range(2))
        with pytest.raises(IntegrityError):
            session.flush()
        WRITE.run(session, _message("alone"))


def _lose(name: str) -> None:
    with transaction() as session:
        WRITE.run(session, _message(f"{name} lost"))
        raise RuntimeError


@pytest.mark.databases("postgresql")
def test_a_lost_connection_is_given_up(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(DBAPIError) as raised:
            _lose_the_connection()
        assert raised.value.connection_invalidated
        with transaction() as session:
            WRITE.run(session, _message("kept"))
        assert [key for key, *_ in READ.rows(db.session, {"about": "visit:1"})] == ["kept"]


def _lose_the_connection() -> None:
    with transaction() as session, db.engine.connect() as other:
        own = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
        WRITE.run(session, _message("lost"))
