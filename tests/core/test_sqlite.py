"""Writers queue, one thread cannot wait for itself, a reader is never kept waiting, and what is saved is on the disk."""

import os
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, text

from app.core import sqlite
from app.core.sqlite import WRITING, prepare


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    one = create_engine(f"sqlite:///{tmp_path / 'queue.db'}", pool_size=10)
    prepare(one)
    with one.begin() as connection:
        connection.execute(text("CREATE TABLE counter (n INTEGER)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))
    return one


def add_one(engine: Engine, rounds: int) -> None:
    for _ in range(rounds):
        with engine.connect().execution_options(**WRITING) as connection, connection.begin():
            n = connection.execute(text("SELECT n FROM counter")).scalar_one()
            connection.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})


def test_no_update_is_lost_among_many_writers(engine: Engine) -> None:
    threads = [threading.Thread(target=add_one, args=(engine, 20)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 160


def test_a_write_inside_a_write_is_refused_at_once(engine: Engine) -> None:
    with engine.connect().execution_options(**WRITING) as outer, outer.begin():
        inner = engine.connect().execution_options(**WRITING)
        with pytest.raises(RuntimeError, match="inside another"):
            inner.begin()
        inner.close()


def test_a_turn_ends_with_a_rollback_too(engine: Engine) -> None:
    with engine.connect().execution_options(**WRITING) as first:
        first.begin().rollback()
    add_one(engine, 1)


def test_readers_do_not_queue(engine: Engine) -> None:
    with engine.connect().execution_options(**WRITING) as writer, writer.begin():
        writer.execute(text("UPDATE counter SET n = 99"))
        with engine.connect() as reader:
            assert reader.execute(text("SELECT n FROM counter")).scalar_one() == 0


def test_the_next_one_writes_while_the_first_still_waits_for_the_disk(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited_for: list[os.stat_result] = []

    def slow_disk(handle: int) -> None:
        waited_for.append(os.fstat(handle))
        if len(waited_for) == 1:
            other = threading.Thread(target=add_one, args=(engine, 1))
            other.start()
            other.join(30)
            assert not other.is_alive()

    monkeypatch.setattr(sqlite, "to_disk", slow_disk)
    add_one(engine, 1)
    log = Path(f"{engine.url.database}-wal").stat()
    assert [os.path.samestat(each, log) for each in waited_for] == [True, True]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 2


def test_what_the_disk_refuses_is_not_called_saved(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_disk(_handle: int) -> None:
        raise OSError("no more")

    with monkeypatch.context() as patched:
        patched.setattr(sqlite, "to_disk", broken_disk)
        with pytest.raises(OSError, match="no more"):
            add_one(engine, 1)
    add_one(engine, 1)


def test_sqlite_sees_to_the_disk_itself_where_nobody_else_does(engine: Engine) -> None:
    full, normal = 2, 1

    def mode(connection: Connection) -> int:
        return int(connection.execute(text("PRAGMA synchronous")).scalar_one())

    with engine.connect() as connection:
        for options, wanted in ((WRITING, normal), ({"unknot_begin": "DEFERRED"}, full), (WRITING, normal)):
            with connection.execution_options(**options).begin():
                assert mode(connection) == wanted


def test_a_log_that_was_taken_into_the_database_is_nothing_to_wait_for(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_words: object) -> int:
        raise FileNotFoundError

    with engine.connect().execution_options(**WRITING) as connection, connection.begin():
        connection.execute(text("UPDATE counter SET n = 7"))
        monkeypatch.setattr(sqlite, "_save", gone)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 7
