"""The base of all tables, and the one type for instants."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    MetaData,
    String,
    Text,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

PLAIN, NOTHING = "unknot_plain", (None, None)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: stored in UTC, returned in UTC. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Together(TypeDecorator[Collection[Any]]):
    """Integers or texts as one value: an array, or JSON where there is none."""

    impl = Text
    cache_ok = True

    def __init__(self, each: type[BigInteger] | type[Text]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(self.each))

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        values = list(value or ())
        return orjson.dumps(values).decode() if dialect.name == "sqlite" else values


class _Several(FunctionElement[Any]):
    """The values of one parameter, as rows."""

    inherit_cache = True


@compiles(_Several)
def _several(element: _Several, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **kw)}))"


@compiles(_Several, "sqlite")
def _several_sqlite(element: _Several, compiler: SQLCompiler, **kw: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **kw)}))"  # noqa: S608 - a bound parameter


def among(column: InstrumentedAttribute[int] | InstrumentedAttribute[str], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the values in the parameter `name`: the same statement, however many they are.

    For what runs several times a request. A list of values is written and prepared anew for each length of it.
    """
    each = Text if isinstance(column.type, String) else BigInteger
    return column.op("IN", is_comparison=True)(_Several(bindparam(name, type_=_Together(each))))


def driver_rows(connection: Connection, sql: str, values: Any) -> Sequence[Any]:
    """All rows, straight from the driver, in the connection's transaction."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, values)
        rows: Sequence[Any] = cursor.fetchall()
        return rows
    finally:
        cursor.close()


def plain(session: Session) -> Connection:
    """The session's connection, for statements that need no objects: several times less work than through the session.

    What the session has not written yet is written first. After a write that failed it is refused until a rollback.
    """
    session.flush()
    begun = session.get_nested_transaction() or session.get_transaction()
    if begun is None or not begun.is_active or session.info.get(PLAIN, NOTHING)[0] is not begun:
        connection = session.connection()  # which begins a savepoint, too, where there is to be one
        session.info[PLAIN] = begun or session.get_transaction(), connection
    known: Connection = session.info[PLAIN][1]
    return known
