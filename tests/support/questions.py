"""What is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from app.doors.database import db


@contextmanager
def listening(engine: Any) -> Iterator[list[str]]:
    """The statements that are sent to the engine (or by the class of all engines) meanwhile, and no longer."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that are sent meanwhile, in whatever session."""
    with app.app_context():
        engine = db.engine
    with listening(engine) as said:
        yield said
