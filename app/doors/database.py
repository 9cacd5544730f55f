"""The doors' database: one session a request for reads, and `transaction()` around every change."""

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import Flask, g, has_request_context, request
from flask.typing import ResponseReturnValue
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core import sqlite, statements, wire
from app.core.errors import Conflict

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
            sqlite.prepare(engine)
            statements.prepare(engine)
        event.listen(db.sessionmaker, "after_commit", _note_commit)
    _dispatch_again(app)


@contextmanager
def transaction() -> Iterator[Session]:
    """The session inside one write transaction: committed at the end, rolled back on any error.

    What was only read before is let go first, so that every row is read again under the write lock.
    """
    session = db.session
    session.rollback()
    session.connection(execution_options=dict(sqlite.WRITING))
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


RETRIED = frozenset({"40001", "40P01", "23505"}) | wire.STALE
"""SQLSTATE of a serialisation failure and of a deadlock, after which PostgreSQL asks for the same work again; and of a
row that is there already: somebody made it meanwhile, as the second press of a button, and it is found this time. And
of a statement that has to be prepared anew."""
TRIES = 3
PAUSE = 0.02
"""Seconds between two tries: who waited for our rows wakes up meanwhile and takes them, and is not in the way again."""


def in_transaction(work: Callable[[Session], Result], *, until_commit: bool = False) -> Result:
    """`work` in a transaction of its own, again when the database says that another one was in the way.

    With `until_commit` it may leave what it only writes to be sent with the commit (`core.statements`).
    """

    def attempt() -> Result:
        with transaction() as session:
            if until_commit:
                statements.until_commit(session)
            return work(session)

    return _again(attempt)


def _again(attempt: Callable[[], Result], may_repeat: Callable[[], bool] = lambda: True) -> Result:
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except (DBAPIError, Conflict) as error:
            if left == 0 or not _was_in_the_way(error) or not may_repeat():
                raise
            time.sleep(PAUSE)
    raise AssertionError("the last try returns or raises")


def _was_in_the_way(error: DBAPIError | Conflict) -> bool:
    if isinstance(error, Conflict):
        return error.code == "idempotency-race"
    return getattr(error.orig, "sqlstate", None) in RETRIED


def _dispatch_again(app: Flask) -> None:
    """Every view is called again when another transaction was in its way, as long as it has committed nothing."""
    dispatch = app.dispatch_request

    def again() -> ResponseReturnValue:
        g.pop("committed", None)
        return _again(dispatch, _nothing_is_saved)

    app.dispatch_request = again  # type: ignore[method-assign]


def _nothing_is_saved() -> bool:
    """Whether this request can begin afresh: then what was read is forgotten, and uploads are read from their start."""
    if "committed" in g:
        return False
    db.session.rollback()
    for upload in request.files.values():
        upload.stream.seek(0)
    return True


def _note_commit(_session: Session) -> None:
    if has_request_context():
        g.committed = True
