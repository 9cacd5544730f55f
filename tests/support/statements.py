"""What is asked of a database, whoever sends it: also what goes past SQLAlchemy to the driver."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from app.core.statements import CURSOR, CURSORS

ASIDE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def told(engine: Engine) -> Iterator[list[str]]:
    """The statements of every connection that is handed out meanwhile, as they come. No session may be in use."""
    seen: list[str] = []

    def listen(connection: Any, record: Any, *_: object) -> None:
        for own in (CURSOR, CURSORS):
            record.info.pop(own, None)
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(lambda said: None if said.startswith(ASIDE) else seen.append(said))
        else:
            connection.cursor_factory = _telling(seen)

    event.listen(engine, "checkout", listen)
    try:
        yield seen
    finally:
        event.remove(engine, "checkout", listen)
        engine.dispose()


def _telling(seen: list[str]) -> type[psycopg.Cursor[Any]]:
    class Telling(psycopg.Cursor[Any]):
        def execute(self, query: Any, *rest: Any, **more: Any) -> Any:
            seen.append(str(query))
            return super().execute(query, *rest, **more)

    return Telling
