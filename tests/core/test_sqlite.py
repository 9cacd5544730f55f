"""Writers queue, one thread cannot wait for itself, a reader is never kept waiting, and what is saved is on the disk."""

import contextlib
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text

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
    other = threading.Thread(target=add_one, args=(engine, 1), daemon=True)
    other.start()
    other.join(30)
    assert not other.is_alive()
    add_one(engine, 1)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM counter")).scalar_one() == 2


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


def test_the_name_of_a_new_log_is_saved_too(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[os.stat_result] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle)))
    engine.dispose()
    assert not Path(f"{engine.url.database}-wal").exists()
    for expected in (1, 2):
        add_one(engine, 3)
        assert len(synced) == expected
        engine.dispose()
    folder = Path(str(engine.url.database)).parent.stat()
    assert all(os.path.samestat(each, folder) for each in synced)


def broken_disk(_handle: int) -> None:
    raise OSError("no more")


def alone(engine: Engine, folder: Path) -> int:
    """The counter in the database file without its log: what is left if the log was never written."""
    copy = shutil.copy(str(engine.url.database), folder / "alone.db")
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        return int(connection.execute("SELECT n FROM counter").fetchone()[0])


def test_what_the_log_cannot_keep_goes_into_the_database(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_one(engine, 1)
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        alone(engine, tmp_path)
    monkeypatch.setattr(sqlite, "to_disk", broken_disk)
    add_one(engine, 1)
    assert alone(engine, tmp_path) == 2


def test_what_can_be_kept_nowhere_is_not_called_saved(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=1"))
    engine.dispose()
    with engine.connect() as reader, monkeypatch.context() as patched:
        reader.execute(text("SELECT n FROM counter"))
        patched.setattr(sqlite, "to_disk", broken_disk)
        with pytest.raises(OSError, match="no more"):
            add_one(engine, 1)
    add_one(engine, 1)


def test_a_database_behind_a_link_is_saved_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "real.db")
    linked, real = (create_engine(f"sqlite:///{tmp_path / path}") for path in ("link.db", "data/real.db"))
    saved: list[str] = []
    monkeypatch.setattr(sqlite, "_save", saved.append)
    for one in (linked, real):
        prepare(one)
        with one.connect().execution_options(**WRITING) as connection, connection.begin():
            connection.execute(text("CREATE TABLE IF NOT EXISTS counter (n INTEGER)"))
    assert saved == [str((tmp_path / "data" / "real.db-wal").resolve())] * 2
    assert not list(tmp_path.glob("*-turn"))


def test_sqlite_sees_to_the_disk_itself_where_nobody_else_does(engine: Engine) -> None:
    full, normal = 2, 1

    def mode(connection: Connection) -> int:
        return int(connection.execute(text("PRAGMA synchronous")).scalar_one())

    with engine.connect() as connection:
        for options, wanted in ((WRITING, normal), ({"unknot_begin": "DEFERRED"}, full), (WRITING, normal)):
            with connection.execution_options(**options).begin():
                assert mode(connection) == wanted


def test_without_a_log_sqlite_sees_to_the_disk_itself(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a disk that cannot have one."""
    monkeypatch.setattr(sqlite, "PRAGMAS", ("journal_mode=DELETE",))
    monkeypatch.setattr(sqlite, "to_disk", broken_disk)
    engine.dispose()
    with engine.connect().execution_options(**WRITING) as connection, connection.begin():
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        connection.execute(text("UPDATE counter SET n = 7"))
