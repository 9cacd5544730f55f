"""Statements of the hot paths: written out for the database once, then handed to its driver as they stand.

`Connection.execute` builds a dozen objects around each run, which takes several times as long as SQLite's own work, and
as long again as PostgreSQL's. Where somebody listens to what is executed (who counts statements, say), it goes that way
all the same.
"""

import contextlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from sqlalchemy import BindParameter, CompoundSelect, Connection, Dialect, Insert, Select, TextClause, Update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from app.core.database import plain

CURSOR, CURSORS, WAITING = "unknot_cursor", "unknot_cursors", "unknot_waiting"
Words = Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update | TextClause
Values = Mapping[str, Any]
Convert = Callable[[Any], Any]


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
        self._written: dict[str, _Written] = {}

    def rows(self, session: Session, values: Values) -> list[tuple[Any, ...]]:
        """What it finds, or returns of what it wrote."""
        connection = plain(session)
        if connection.dispatch.before_cursor_execute:
            return [tuple(row) for row in connection.execute(self.what, values)]
        written = self._for(connection.dialect)
        if connection.info.get(WAITING):
            return written.read(_sent(connection, (self, values)), connection.dialect)
        return written.read(_executed(connection, written, (values,)), connection.dialect)

    def run(self, session: Session, *values: Values) -> None:
        """Only do it, once for each of the values; inside `at_once`, perhaps not yet."""
        connection = plain(session)
        waiting = connection.info.get(WAITING)
        if waiting is not None:
            waiting += [(self, each) for each in values]
            return
        try:
            if connection.dispatch.before_cursor_execute:
                connection.execute(self.what, values)
            else:
                _executed(connection, self._for(connection.dialect), values)
        except IntegrityError as error:
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> Exception:
        return error if self.refused is None else self.refused()

    def _for(self, dialect: Dialect) -> "_Written":
        found = self._written.get(dialect.name)
        if found is None:
            found = self._written[dialect.name] = _write(self.what, dialect, self._columns)
        return found


@dataclass(slots=True)
class _Written:
    """A statement in one database's words, and how values go in and columns come out where they do not as they are.

    `outward` is known from the first answer on, which says what the database made of each column.
    """

    text: str
    fixed: Values
    late: Mapping[str, BindParameter[Any]]
    inward: Mapping[str, Convert]
    order: Sequence[str] | None
    types: Sequence[TypeEngine[Any]]
    outward: Mapping[int, Convert] | None = None

    def bound(self, values: Values) -> Values | Sequence[Any]:
        found = {**self.fixed, **values}
        for name, parameter in self.late.items():
            found[name] = parameter.effective_value
        for name, convert in self.inward.items():
            found[name] = convert(found[name])
        return found if self.order is None else [found[name] for name in self.order]

    def read(self, cursor: Any, dialect: Dialect) -> list[tuple[Any, ...]]:
        if self.outward is None:
            found = ((of, described[1]) for of, described in zip(self.types, cursor.description, strict=True))
            each = (_outward(of, dialect, code) for of, code in found)
            self.outward = {at: convert for at, convert in enumerate(each) if convert}
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return [_converted(row, self.outward) for row in rows] if self.outward else rows


def _converted(row: tuple[Any, ...], outward: Mapping[int, Convert]) -> tuple[Any, ...]:
    cells = list(row)
    for at, convert in outward.items():
        cells[at] = convert(cells[at])
    return tuple(cells)


def _write(what: Words, dialect: Dialect, columns: Collection[str] | None) -> _Written:
    written = what.compile(dialect=dialect, column_keys=None if columns is None else list(columns))
    if written.post_compile_params or written.literal_execute_params or written.insert_prefetch:
        raise ValueError(f"not the same text and values each time: {written}")
    binds = written.binds
    found = () if isinstance(what, TextClause) else what.exported_columns
    return _Written(
        text=str(written),
        fixed={name: each.value for name, each in binds.items() if not each.required and each.callable is None},
        late={name: each for name, each in binds.items() if each.callable is not None},
        inward={name: convert for name, each in binds.items() if (convert := _inward(each.type, dialect))},
        order=written.positiontup,
        types=[column.type for column in found],
    )


def _inward(of: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return of.dialect_impl(dialect).bind_processor(dialect)


def _outward(of: TypeEngine[Any], dialect: Dialect, code: Any) -> Convert | None:
    return of.dialect_impl(dialect).result_processor(dialect, code)


def _executed(connection: Connection, written: _Written, values: Sequence[Values]) -> Any:
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


@contextlib.contextmanager
def at_once(session: Session) -> Iterator[None]:
    """What is `run` inside goes to a server database in one piece: with the next `rows`, or at the end.

    It answers each statement at the price of two ways through the network and of waking up twice. Only for what does not
    go by way of the session itself, which does not know that something is still to be sent.
    """
    connection = plain(session)
    known = connection.info
    if connection.dialect.name != "postgresql" or connection.dispatch.before_cursor_execute or WAITING in known:
        yield
        return
    known[WAITING] = []
    try:
        yield
        if known[WAITING]:
            _sent(connection)
    finally:
        known.pop(WAITING, None)  # gone already with a connection that was lost


def _sent(connection: Connection, *last: tuple[Statement, Values]) -> Any:
    """Everything that waits, in order, and `last`; the cursor of the last one."""
    waiting = [*connection.info[WAITING], *last]
    connection.info[WAITING].clear()
    cursors: list[Any] = connection.info.setdefault(CURSORS, [])
    while len(cursors) < len(waiting):
        cursors.append(connection.connection.cursor())
    sent = 0
    try:
        with connection.connection.driver_connection.pipeline():  # type: ignore[union-attr]
            for cursor, (statement, values) in zip(cursors, waiting, strict=False):
                written = statement._for(connection.dialect)
                cursor.execute(written.text, written.bound(values))
                sent += 1
    except BaseException as error:  # noqa: BLE001 - handed on
        # The first one without an answer. A refusal may be heard while others are still being sent.
        answered = sum(cursor.pgresult is not None for cursor in cursors[:sent])
        refusing, _ = waiting[min(answered, len(waiting) - 1)]
        _handed_on(connection, error, refusing)
    return cursors[len(waiting) - 1]


def _handed_on(connection: Connection, error: BaseException, statement: Statement) -> NoReturn:
    try:
        connection._handle_dbapi_exception(error, str(statement.what), None, None, None)
    except IntegrityError as known:
        raise statement._refusal(known) from known
    raise AssertionError("handing an error on raises it")
