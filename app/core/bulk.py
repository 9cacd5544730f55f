"""Many rows into one table, as fast as each database takes them: many rows a statement on SQLite, COPY on PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

Item = TypeVar("Item")

TOGETHER = 100
"""Rows a statement on SQLite: what it makes ready for itself, as the words of a check, it makes ready once for them all."""


def table_of(model: Any) -> Table:
    """The table of a model."""
    found: Table = model.__table__
    return found


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert plain tuples in the order of `columns`. Values go to the driver as they are: no type of ours is applied."""
    if not rows:
        return
    names = ", ".join(f'"{column}"' for column in columns)
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        marks, whole = ", ".join("?" * len(columns)), len(rows) - len(rows) % TOGETHER
        for count, part in ((TOGETHER, rows[:whole]), (1, rows[whole:])):
            if part:
                insert = f"INSERT INTO {table.name} ({names}) VALUES {', '.join([f'({marks})'] * count)}"  # noqa: S608
                connection.exec_driver_sql(insert, [tuple(chain.from_iterable(some)) for some in chunks(part, count)])
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of at most `size`."""
    walker = iter(items)
    while part := list(islice(walker, size)):
        yield part


def held_values(session: Session, column: InstrumentedAttribute[Any], values: Sequence[str]) -> set[str]:
    """Which of the values the column holds. Plain SQL: to compile thousands of parameters takes longer than to look."""
    connection, name = session.connection(), f"{column.class_.__tablename__}.{column.key}"
    select_it = f"SELECT {name} FROM {column.class_.__tablename__} WHERE {name}"  # noqa: S608 - names are constants
    if connection.dialect.name != "sqlite":
        return {value for (value,) in connection.exec_driver_sql(f"{select_it} = ANY(%s)", (list(values),))}
    marks = ", ".join("?" * len(values))
    return {value for (value,) in connection.exec_driver_sql(f"{select_it} IN ({marks})", tuple(values))}


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Ids for rows to come, which nobody else will be given; the caller holds the write transaction."""
    if session.get_bind().dialect.name != "postgresql":
        first = next_id(session, table)
        return range(first, first + count)
    query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return session.scalars(query, {"table": table.name, "count": count}).all()


def next_id(session: Session, table: Table) -> int:
    """The first free id, for rows whose ids are given; the caller holds the write transaction."""
    return (session.scalar(select(func.max(table.c.id))) or 0) + 1


def count_ids_on(session: Session, table: Table) -> None:
    """Let the database go on after ids that were given by hand."""
    if session.get_bind().dialect.name == "postgresql":
        names = {"table": table.name, "next": next_id(session, table)}
        session.execute(text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :next, false)"), names)
