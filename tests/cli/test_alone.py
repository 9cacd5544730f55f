"""The commands that come without pages, run as a person runs them."""

import os
import subprocess
import sys
from pathlib import Path


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"APP_ENV": "testing", "INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{folder}/alone.db"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_an_import_starts_without_pages_and_interface(tmp_path: Path) -> None:
    left_out = "{'app.factory', 'app.web', 'app.api', 'zxcvbn', 'huey', 'flask_openapi'}"
    script = f"import sys, app.cli.alone as alone; alone.create_app(); print(sorted({left_out} & set(sys.modules)))"
    assert _run(tmp_path, "-c", script).stdout == "[]\n"


def test_it_refuses_a_wrong_file_as_the_whole_application_does(tmp_path: Path) -> None:
    (tmp_path / "npidata.csv").write_bytes(b"%PDF")
    environment = _run(tmp_path, "-m", "flask", "--app", "app", "db", "upgrade")
    assert environment.returncode == 0, environment.stderr
    answer = _run(tmp_path, "-m", "flask", "--app", "app", "import", "nppes", str(tmp_path / "npidata.csv"))
    assert answer.returncode == 2
    assert "a PDF" in answer.stderr
