"""The doors' database: one session a request for reads, and `transaction()` around every change."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy.orm import Session

from app.core.database import WRITING

db = SQLAlchemy(session_options={"expire_on_commit": False})


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
