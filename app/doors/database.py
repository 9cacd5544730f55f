"""The doors' database: one session a request for reads, and `transaction()` around every change."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.errors import Conflict
from app.core.sqlite import WRITING, prepare

Result = TypeVar("Result")

db = SQLAlchemy(session_options={"expire_on_commit": False})


def init_app(app: Flask) -> None:
    """Wire the database. The library also closes asynchronous sessions after each request, in a thread that it starts
    for that: we have none, and do without the millisecond."""
    db.init_app(app)
    app.teardown_appcontext_funcs[:] = [
        close for close in app.teardown_appcontext_funcs if not inspect.iscoroutinefunction(close)
    ]
    with app.app_context():
        for engine in db.engines.values():
            prepare(engine)


@contextmanager
def transaction() -> Iterator[Session]:
    """The session inside one write transaction: committed at the end, rolled back on any error.

    What was only read before is let go first, so that every row is read again under the write lock.
    """
    session = db.session
    session.rollback()
    session.connection(execution_options=dict(WRITING))
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


RETRIED = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialisation failure and of a deadlock: PostgreSQL asks for the same work again."""
TRIES = 3


def in_transaction(work: Callable[[Session], Result]) -> Result:
    """`work` in a transaction of its own, again when the database says that another one was in the way."""
    for left in reversed(range(TRIES)):
        try:
            with transaction() as session:
                return work(session)
        except DBAPIError as error:
            if left == 0 or getattr(error.orig, "sqlstate", None) not in RETRIED:
                raise
        except Conflict as error:
            if left == 0 or error.code != "idempotency-race":
                raise
    raise AssertionError("the last try returns or raises")
