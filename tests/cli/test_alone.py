"""The commands that start without pages find all that they need, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from app.tables import Base
from config import ROOT
from tests.directory.imports import files
from tests.directory.imports.test_rosters import florida, florida_row

FLORIDIAN = (("", "MA12345"), (" State Code", "FL"))


@pytest.fixture
def run(tmp_path: Path) -> Any:
    url = f"sqlite:///{tmp_path}/alone.db"
    Base.metadata.create_all(create_engine(url))
    variables = os.environ | {"APP_ENV": "testing", "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path)}

    def flask(*arguments: str) -> dict[str, int]:
        command = [sys.executable, "-m", "flask", "--app", "app", *arguments, "--json"]
        done = subprocess.run(command, check=False, cwd=ROOT, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    return flask


def test_registry_roster_and_doctors(run: Any, tmp_path: Path) -> None:
    person = files.massage_therapist(
        1, state="FL", **{f"Provider License Number{part}_1": value for part, value in FLORIDIAN}
    )
    registry = files.written(tmp_path, files.quoted([person, files.somebody_else(2)]))
    assert run("import", "nppes", str(registry))["added"] == 1
    moved = files.written(tmp_path, files.quoted([person | {"city": "DALLAS"}]))
    assert run("import", "nppes", str(moved))["updated"] == 1
    board = florida(tmp_path, florida_row("12345", "SAMPLESON"))
    assert run("import", "roster", str(board), "--board", "US-FL")["changed"] == 1
    assert run("import", "doctors", str(registry))["doctors"] == 0


def test_they_start_without_what_only_pages_need() -> None:
    code = "import sys, app.cli.alone; print({'flask_security', 'structlog', 'phonenumbers', 'rapidfuzz'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
