"""What is asked of a database, whoever sends it: also what goes past SQLAlchemy to the driver."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from app.core.statements import CURSOR, WIRE
from app.core.wire import Answer, Asked, Wire

ASIDE = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


@contextmanager
def told(engine: Engine) -> Iterator[list[str]]:
    """The statements of every connection that is handed out meanwhile, as they come. No session may be in use."""
    seen: list[str] = []

    def listen(connection: Any, record: Any, *_: object) -> None:
        record.info.pop(CURSOR, None)
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(lambda said: None if said.startswith(ASIDE) else seen.append(said))
        else:
            connection.cursor_factory = _telling(seen)
            if WIRE not in record.info:
                record.info[WIRE] = _TellingWire(connection, seen)

    engine.dispose()
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


class _TellingWire(Wire):
    def __init__(self, driver: psycopg.Connection[Any], seen: list[str]) -> None:
        super().__init__(driver)
        self._seen = seen

    def send(self, asked: Sequence[Asked], answers: list[Answer]) -> None:
        self._seen.extend(text for text, _ in asked)
        super().send(asked, answers)
