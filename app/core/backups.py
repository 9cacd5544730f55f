"""A whole database to a file and back: SQLite by its online backup, PostgreSQL by its own pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from app.core.errors import Conflict, Invalid


def backup(url: URL, file: Path) -> int:
    """Write a consistent copy while the application runs; its size in bytes. A file that exists is never overwritten."""
    if file.exists():
        raise Conflict(f"{file} exists already. Backups are never overwritten: choose another name.")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if url.get_backend_name() == "sqlite":
            _copy(Path(url.database or ""), part)
        else:
            _run(["pg_dump", "--format=custom", "--no-owner", f"--file={part}", _address(url)], url)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file.stat().st_size


def restore(url: URL, file: Path) -> None:
    """Put the file's content in the stead of everything in the database. Invalid when it is not a backup of this kind."""
    with file.open("rb") as opened:
        head = opened.read(16)
    if url.get_backend_name() == "sqlite":
        if head != b"SQLite format 3\0":
            raise Invalid(f"{file} is not a SQLite backup of Unknot.")
        _check(file)
        _copy(file, Path(url.database or ""))
    else:
        if not head.startswith(b"PGDMP"):
            raise Invalid(f"{file} is not a PostgreSQL backup of Unknot (pg_dump's custom format).")
        options = ["--clean", "--if-exists", "--single-transaction", "--exit-on-error", "--no-owner"]
        _run(["pg_restore", *options, f"--dbname={_address(url)}", str(file)], url)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
        try:
            old.backup(new, pages=-1)
        except sqlite3.Error as error:
            raise Conflict(f"The database could not be copied: {error}. Is it in use?") from error
    if target.stat().st_size == 0:
        raise Conflict("The database is empty: there is nothing to copy.")


def _check(file: Path) -> None:
    """A damaged or foreign file is refused before anything is touched."""
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            sound = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    except sqlite3.DatabaseError as error:
        raise Invalid(f"{file} is damaged: {error}.") from error
    if not sound or not ours:
        raise Invalid(f"{file} is damaged or is not a backup of Unknot.")


def _address(url: URL) -> str:
    """The URL for PostgreSQL's own programs, without the password: arguments can be seen by everybody on the machine."""
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def _run(command: list[str], url: URL) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise Conflict(f"{command[0]} is not installed. It comes with PostgreSQL's client programs.")
    environment = os.environ | ({"PGPASSWORD": url.password} if url.password else {})
    done = subprocess.run([program, *command[1:]], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise Conflict(f"{command[0]} failed: {done.stderr.strip()}")
