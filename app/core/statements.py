"""Statements of the hot paths: written out for the database once, then handed to its driver as they stand.

`Connection.execute` builds a dozen objects around each run, which takes several times as long as SQLite's own work, and
as long again as PostgreSQL's. Where somebody listens to what is executed (who counts statements, say), it goes that way
all the same.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, event, text
from sqlalchemy.exc import IntegrityError, PendingRollbackError
from sqlalchemy.orm import Session

from app.core import wire
from app.core.database import plain
from app.core.wire import Answer, Wire
from app.core.written import Rows, Values, Words, Written, write

CURSOR, WIRE, WAITING = "unknot_cursor", "unknot_wire", "unknot_waiting"


class Statement:
    """A statement whose text is the same whatever its values: `among` takes a list of any length, `in_` does not.

    `columns` are those that an INSERT fills: all that have a default, too. `refused` is raised where the rows that are
    there already refuse the new ones.
    """

    def __init__(
        self, what: Words, columns: Collection[str] | None = None, refused: Callable[[], Exception] | None = None
    ) -> None:
        self.what = what
        self.refused = refused
        self._columns = columns
        self._written: dict[str, Written] = {}

    def rows(self, session: Session, values: Values) -> Rows:
        """What it finds, or returns of what it wrote."""
        return self.ask(session, values).rows()

    def ask(self, session: Session, values: Values) -> "Asked":
        """`rows` for later: inside `at_once` it is sent together with others, when rows are first looked at."""
        connection = plain(session)
        if _is_heard(connection):
            return Asked(self, values, [tuple(row) for row in connection.execute(self.what, values)])
        written = self.written(connection.dialect)
        if not _has_wire(connection):
            cursor = _executed(connection, written, (values,))
            return Asked(self, values, written.read(cursor.fetchall(), _types(cursor), connection.dialect))
        one = Asked(self, values, connection=connection)
        _go(connection, [one])
        return one

    def run(self, session: Session, *values: Values) -> None:
        """Only do it, once for each of the values; inside `at_once`, perhaps not yet."""
        connection = plain(session)
        if not values:
            return
        if _has_wire(connection) and not _is_heard(connection):
            _go(connection, [Asked(self, each) for each in values])
            return
        try:
            if _is_heard(connection):
                connection.execute(self.what, values)
            else:
                _executed(connection, self.written(connection.dialect), values)
        except IntegrityError as error:
            raise self.refusal(error) from error

    def refusal(self, error: Exception) -> Exception:
        return error if self.refused is None else self.refused()

    def written(self, dialect: Dialect) -> Written:
        found = self._written.get(dialect.name)
        if found is None:
            found = self._written[dialect.name] = write(self.what, dialect, self._columns)
        return found


@dataclass(slots=True)
class Asked:
    """A statement with its values, and what it found as far as that is known; with a `connection`, somebody will look."""

    statement: Statement
    values: Values
    found: Rows | None = None
    connection: Connection | None = None

    def rows(self) -> Rows:
        if self.found is None and self.connection is not None:
            _send_waiting(self.connection)
        if self.found is None:
            raise RuntimeError("what was asked inside `at_once` is looked at after that had failed")
        return self.found


COMMIT = Statement(text("COMMIT"))


def _types(cursor: Any) -> Sequence[Any]:
    return [described[1] for described in cursor.description or ()]


def _is_heard(connection: Connection) -> bool:
    return bool(connection.dispatch.before_cursor_execute)


def _has_wire(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _executed(connection: Connection, written: Written, values: Sequence[Values]) -> Any:
    """The connection's own cursor, after it ran the statement."""
    cursor: Any = connection.info.get(CURSOR)
    if cursor is None:
        cursor = connection.info[CURSOR] = connection.connection.cursor()
    try:
        if len(values) == 1:
            cursor.execute(written.text, written.bound(values[0]))
        else:
            cursor.executemany(written.text, [written.bound(each) for each in values])
    except BaseException as error:  # noqa: BLE001 - handed on
        # Wrapped, told to who listens, and a connection that was lost is given up: what `Connection.execute` does.
        connection._handle_dbapi_exception(error, written.text, None, None, None)
    return cursor


def prepare(engine: Engine) -> None:
    """Set an engine up: what waits goes before whatever else is executed, and with the commit at the latest."""
    wire.prepare(engine)
    if engine.dialect.name == "postgresql":
        for moment in ("before_execute", "savepoint"):
            event.listen(engine, moment, lambda connection, *_: _send_waiting(connection))
        event.listen(engine, "commit", _commit)
        event.listen(engine, "rollback", _forget)


def _commit(connection: Connection) -> None:
    waiting = vars(connection).pop(WAITING, None)
    driver: Any = connection.connection.driver_connection
    if driver.pgconn.transaction_status == TransactionStatus.INERROR:
        raise PendingRollbackError("A statement of this transaction failed. What came before it is lost: roll it back.")
    if not waiting:
        return
    try:
        _send(connection, [*waiting, Asked(COMMIT, {})])
    except BaseException:
        # The library takes a commit that failed for the end of the transaction: here it may not have come that far.
        if not connection.invalidated:
            driver.rollback()
        raise


def _forget(connection: Connection) -> None:
    vars(connection).pop(WAITING, None)


def until_commit(session: Session) -> None:
    """What is only `run` in the rest of a transaction goes to a server database in one piece, with the commit at the
    latest: then a refusal, too, comes from there."""
    connection = plain(session)
    if _has_wire(connection) and not _is_heard(connection):
        vars(connection).setdefault(WAITING, [])


@contextlib.contextmanager
def at_once(session: Session) -> Iterator[None]:
    """What is asked or `run` inside goes to a server database in one piece: when rows are looked at, or at the end; after
    `until_commit`, not yet then.

    It answers each piece at the price of two ways through the network and of waking up twice.
    """
    connection = plain(session)
    known = vars(connection)  # not `info`: that is the pool's, and somebody else's when this connection is lost
    if not _has_wire(connection) or _is_heard(connection) or WAITING in known:
        yield
        return
    known[WAITING] = []
    try:
        yield
        _send_waiting(connection)
    finally:
        known.pop(WAITING, None)


def _go(connection: Connection, asked: list[Asked]) -> None:
    waiting = vars(connection).get(WAITING)
    if waiting is None or connection.in_nested_transaction():  # which may yet be undone alone
        _send(connection, asked)
    else:
        waiting += asked


def _send_waiting(connection: Connection) -> None:
    waiting = vars(connection).get(WAITING)
    if waiting:
        vars(connection)[WAITING] = []
        _send(connection, waiting)


def _send(connection: Connection, asked: Sequence[Asked]) -> None:
    """All of it in one piece, and then each knows what it found."""
    dialect, answers = connection.dialect, list[Answer]()
    written = [one.statement.written(dialect) for one in asked]
    try:
        own_wire = connection.info.get(WIRE)
        if own_wire is None:
            driver: Any = connection.connection.driver_connection
            own_wire = connection.info[WIRE] = Wire(driver)
        own_wire.send([(own.text, own.bound(one.values)) for own, one in zip(written, asked, strict=True)], answers)
    except BaseException as error:  # noqa: BLE001 - handed on
        refusing = asked[min(len(answers), len(asked) - 1)].statement
        try:
            connection._handle_dbapi_exception(error, str(refusing.what), None, None, None)
        except IntegrityError as known:
            raise refusing.refusal(known) from known
    for own, one, answer in zip(written, asked, answers, strict=True):
        if one.connection is not None:
            one.found = own.read(answer.rows, answer.types, dialect)
