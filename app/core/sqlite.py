"""Gives SQLite what a server database has: foreign keys, a write-ahead log, durable commits, and a queue of writers.

SQLite lets one writer in at a time and makes the others sleep and look again, so that with many of them the unlucky
wait for seconds. Here they wait on a lock of the kernel's beside the file, which wakes the next one at once, across
threads and processes, and which a killed process lets go.

Of each process one thread at a time stands in that queue: another one of the same process would be woken while the
first still computes its answer, and could not run for it, and nobody else would write meanwhile.

Whoever has committed lets the next one in, and only then waits until the disk has it: SQLite itself would wait first.
Nobody is told that something is saved before it is on the disk, and with it all that was written before it.
"""

import fcntl
import os
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

WRITING = {"unknot_begin": "IMMEDIATE"}
"""Execution options of a connection that will write: the write lock is taken at once (no upgrade deadlock)."""

PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=15000",
    "cache_size=-65536",
    "wal_autocheckpoint=4000",
    "mmap_size=2147418112",
    "temp_store=MEMORY",
)
to_disk = getattr(os, "fdatasync", os.fsync)
"""What a file holds and its length, not when it was changed: half the work, where the system knows the difference."""
TURN, SYNCHRONOUS, FILE, HAS_LOG = "unknot_turn", "unknot_synchronous", "unknot_file", "unknot_has_log"
_mine = threading.local()
_here: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""By database: held by the one thread of this process that waits for its turn or has it."""
_named: set[str] = set()
"""The logs whose names, too, are known to be on the disk. A log goes with the last connection, and comes with the next."""


def prepare(engine: Engine) -> None:
    """Set an engine up; nothing to do for another database than SQLite."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    event.listen(engine, "checkin", _on_checkin)
    engine.dialect.do_commit = _commit  # type: ignore[method-assign, assignment]


def _on_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    ((_, _, record.info[FILE]),) = cursor.execute("PRAGMA database_list")
    ((mode,),) = cursor.execute("PRAGMA journal_mode")
    record.info[HAS_LOG] = mode == "wal"
    _named.discard(f"{record.info[FILE]}-wal")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("unknot_begin", "DEFERRED")
    if mode == "IMMEDIATE":
        _wait_for_turn(connection)
    driver: Any = connection.connection.driver_connection
    own = TURN in connection.info and connection.info[HAS_LOG]
    _synchronous(connection, driver, "NORMAL" if own else "FULL")
    driver.execute(f"BEGIN {mode}")


def _synchronous(connection: Connection, driver: Any, wanted: str) -> None:
    """Who has the turn sees to the disk after giving it back; for all others SQLite does."""
    if connection.info.get(SYNCHRONOUS, "FULL") != wanted:
        driver.execute(f"PRAGMA synchronous={wanted}")
        connection.info[SYNCHRONOUS] = wanted


def _wait_for_turn(connection: Connection) -> None:
    """Queue up beside the database file. Kept until the commit, or until the connection goes back to its pool."""
    path = connection.info[FILE]
    if not path or TURN in connection.info:
        return
    if getattr(_mine, "path", None) == path:
        raise RuntimeError(
            "a write transaction was begun inside another one of the same thread: it would wait for ever"
        )
    _here[path].acquire()
    try:
        handle = _queue_up(f"{path}-turn")
    except BaseException:
        _here[path].release()
        raise
    connection.info[TURN] = handle, path
    _mine.path = path


def _queue_up(path: str) -> int:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except BaseException:
        os.close(handle)
        raise
    return handle


def _commit(connection: Any) -> None:
    """Returns when all is on the disk; OSError when it cannot be."""
    connection.commit()
    path = _give_back(connection.info)
    if path is None or not connection.info[HAS_LOG]:
        return
    try:
        _save(f"{path}-wal")
    except OSError:
        # The system forgets what it could not write and says so once: a second try would mean nothing, nor would another
        # writer's. So all that the log holds goes into the database, which is then brought to the disk.
        if _into_the_database(connection.driver_connection):
            raise


def _save(path: str) -> None:
    with Path(path).open("rb") as log:
        to_disk(log.fileno())
    if path not in _named:
        folder = os.open(Path(path).parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        _named.add(path)


def _into_the_database(driver: Any) -> bool:
    """Whether something was left in the log, because somebody still reads what was there before."""
    ((busy, _, _),) = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return bool(busy)


def _give_back(info: Any) -> str | None:
    """Let the next one write; the path of the database, None when it was not this one's turn."""
    if TURN not in info:
        return None
    handle, path = info.pop(TURN)
    os.close(handle)
    _here[path].release()
    _mine.path = None
    return str(path)


def _on_checkin(_connection: Any, record: Any) -> None:
    _give_back(record.info)
