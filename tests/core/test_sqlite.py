"""Writers queue, one thread cannot wait for itself, and a reader is never kept waiting."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

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
