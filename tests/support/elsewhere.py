"""Two at once: a change that begins in another transaction while a test's own is open."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookLong
from typing import Any

import pytest
from flask import Flask

from app.doors.database import db

PATIENCE = 60
"""Seconds until a test gives up waiting for what must come: on a busy machine that takes long, and is no fault."""

Elsewhere = Callable[..., "Future[Any]"]


@pytest.fixture
def elsewhere(app: Flask) -> Iterator[Elsewhere]:
    """Runs a change in another transaction, in another thread, and commits it."""
    with app.app_context():
        maker = db.sessionmaker
    with ThreadPoolExecutor(1) as pool:

        def run(act: Callable[..., Any], *args: Any) -> "Future[Any]":
            def change() -> Any:
                with maker.begin() as session:
                    return act(session, *args)

            return pool.submit(change)

        yield run


def waits(change: "Future[Any]") -> bool:
    try:
        change.result(timeout=0.5)
    except TookLong:
        return True
    return False
