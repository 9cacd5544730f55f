"""What somebody may send who guesses the names of our columns, and whether any of it was taken."""

from collections.abc import Collection

from sqlalchemy.orm import Session

import app.tables  # noqa: F401 - so that every table is known
from app.core.database import Base

GUESS = "31337"
"""A number, a text, and what a box that was ticked may send: nearly every column would take it."""


def every_column(but: Collection[str] = ()) -> dict[str, str]:
    """Each column of each table, and each with its table, with the same value; without those that a form does ask for."""
    names = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    names |= {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    return dict.fromkeys(sorted(names - {*but}), GUESS)


def taken(session: Session) -> list[str]:
    """The tables in which the guess stands, of those that existed before it was sent too."""
    session.rollback()
    connection = session.connection()
    found = [
        table.name
        for table in Base.metadata.sorted_tables
        for row in connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')
        if GUESS in map(str, row)
    ]
    session.rollback()
    return sorted({*found})
