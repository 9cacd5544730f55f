"""The import commands as typed."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.imports import registry_apply, spool
from app.directory.imports.models import ImportRun
from app.directory.models import Therapist
from tests.directory.imports import files
from tests.directory.imports.files import massage_therapist, written


def test_json_is_one_document_of_counts(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, files.quoted([massage_therapist(1), files.organization(2)]))
    for extra in (["--dry-run"], []):
        result = app.test_cli_runner().invoke(args=["import", "nppes", str(path), "--json", *extra])
        assert result.exit_code == 0
        counts = json.loads(result.stdout)
        assert (counts["rows"], counts["added"], counts["organizations"]) == (2, 1, 1)


def test_rejects_are_written(app: Flask, tmp_path: Path) -> None:
    bad = massage_therapist(1, npi="1000000000", last="=cmd()")
    path, rejects = written(tmp_path, files.quoted([bad])), tmp_path / "rejects.csv"
    result = app.test_cli_runner().invoke(args=["import", "nppes", str(path), "--rejects", str(rejects)])
    assert result.exit_code == 0
    assert "rejected: 1" in result.stdout
    assert rejects.read_text().splitlines()[1].startswith("2,'1000000000' is not an NPI")


def test_rejects_never_overwrite_the_file(app: Flask, tmp_path: Path) -> None:
    content = files.quoted([massage_therapist(1)])
    path = written(tmp_path, content)
    result = app.test_cli_runner().invoke(args=["import", "nppes", str(path), "--rejects", str(path)])
    assert (result.exit_code, path.read_bytes()) == (2, content)
    assert "cannot take the rejects" in result.stderr


def test_rejects_that_cannot_be_written(app: Flask, tmp_path: Path) -> None:
    path = written(tmp_path, files.quoted([massage_therapist(1)]))
    result = app.test_cli_runner().invoke(args=["import", "nppes", str(path), "--rejects", str(tmp_path / "no" / "r")])
    assert result.exit_code == 2
    assert "rejects cannot be written there" in result.stderr


def test_a_wrong_file_is_one_line_and_exit_code_2(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["import", "nppes", str(written(tmp_path, b""))])
    assert result.exit_code == 2
    assert result.stderr.strip().endswith("Nothing was imported.")
    assert result.stderr.strip().startswith("error: npidata_pfile")


def test_an_unknown_board(app: Flask, tmp_path: Path) -> None:
    result = app.test_cli_runner().invoke(args=["import", "roster", str(written(tmp_path, b"x")), "--board", "US-ZZ"])
    assert result.exit_code == 2
    assert "US-FL" in result.stderr


def test_stopping_says_how_to_go_on(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(registry_apply, "apply", stop)
    path = written(tmp_path, files.quoted([massage_therapist(1)]))
    result = app.test_cli_runner().invoke(args=["import", "nppes", str(path)])
    assert result.exit_code == 130
    assert "run the same command again" in result.stderr


@pytest.fixture
def listens() -> Iterator[None]:
    """Python's own answer to Ctrl-C. What a shell starts in the background would ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listens")
def test_an_interrupt_waits_until_the_batch_is_saved(
    app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = registry_apply.apply

    def interrupted(*arguments: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        real(*arguments)

    monkeypatch.setattr(spool, "BATCH", 2)
    monkeypatch.setattr(registry_apply, "apply", interrupted)
    path = written(tmp_path, files.quoted([massage_therapist(number) for number in range(5)]))
    result = app.test_cli_runner().invoke(args=["import", "nppes", str(path)])
    assert result.exit_code == 130
    assert session.scalar(select(func.count()).select_from(Therapist)) == 2
    assert session.scalars(select(ImportRun.outcome)).all() == ["stopped"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
