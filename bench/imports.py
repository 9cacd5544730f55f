"""The registry import as typed, whole command, against the floor: plain Python iterating the same file's lines."""

import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.timing import quantile
from config import ROOT
from tests.directory.imports import files

ROWS = 1_000_000
MASSAGE_IN = 100
ROUNDS = 3


def run(rows: int = ROWS) -> dict[str, Any]:
    """Import a file of `rows` rows, one in a hundred a massage therapist, from CSV and from zip, gazetteer loaded.

    Each round iterates the lines (text, as `open` gives them) and imports, one after the other, each in a process of its
    own. `ratio` is the middle of the rounds' import / iteration; the bar is 3. Peak memory is the command's own.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, packed = _files(folder, rows)
        prepared = _database(folder)
        rounds = {
            kind: [_round(file, prepared, folder) for _ in range(ROUNDS)]
            for kind, file in (("csv", path), ("zip", packed))
        }
        again = _command(path, folder)
    counts = [each["counts"] for found in rounds.values() for each in found]
    assert again["counts"]["unchanged"] == counts[0]["added"] == rows // MASSAGE_IN
    return {
        "rows": rows,
        **{kind: _summary(found, rows) for kind, found in rounds.items()},
        "again_s": again["wall_s"],
        "peak_memory_mb": max(each["peak_mb"] for found in rounds.values() for each in found),
        "same_counts_from_csv_and_zip": all(each == counts[0] for each in counts),
        "counts": counts[0],
    }


def _summary(rounds: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    return {
        "plain_iteration_s": [each["plain_s"] for each in rounds],
        "import_s": [each["wall_s"] for each in rounds],
        "import_cpu_s": [each["cpu_s"] for each in rounds],
        "rows_per_s": round(rows / quantile(sorted(each["wall_s"] for each in rounds), 0.5)),
        "ratio": _middle(each["wall_s"] / each["plain_s"] for each in rounds),
        "ratio_cpu": _middle(each["cpu_s"] / each["plain_cpu_s"] for each in rounds),
    }


def _middle(ratios: Iterable[float]) -> float:
    return round(quantile(sorted(ratios), 0.5), 2)


def _files(folder: Path, rows: int) -> tuple[Path, Path]:
    path = folder / "npidata_pfile_20250101-20250107.csv"
    write(path, rows)
    packed = folder / "npidata.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(path, path.name)
    return path, packed


def write(path: Path, rows: int) -> None:
    """An invented file with as many bytes a row as the real one (about 1,100), from a few hundred different rows."""
    rnd = random.Random(1)
    names = files.header()
    others = [_row(rnd, names, massage=False) for _ in range(300)]
    ours = [_row(rnd, names, massage=True) for _ in range(300)]
    with path.open("wb") as file:
        file.write(files.quoted([]))
        for number in range(rows):
            tail = rnd.choice(ours if number % MASSAGE_IN == 7 else others)
            file.write(f'"{files.npi(number)}'.encode() + tail)


def _row(rnd: random.Random, names: list[str], *, massage: bool) -> bytes:
    number = rnd.randrange(10**6)
    make = files.massage_therapist if massage else files.somebody_else
    row = make(number, last=f"SAMPLE{rnd.choice('ABCDEFGH')}SON", street=f"{number} EXAMPLE AVE", unit="STE 100")
    for place in ("First Line ", ""):
        row[f"Provider {place}Business Mailing Address{'' if place else ' City Name'}"] = "EXAMPLE MAILING TOWN"
    if not massage and rnd.random() < 0.25:
        row = files.organization(number) | {"street": f"{number} EXAMPLE AVE", "city": "AUSTIN"}
    return ('"' + '","'.join(files.values(row, names)) + '"\n').encode()[11:]


def _database(folder: Path) -> Path:
    path = folder / "prepared.db"
    for arguments in (("db", "upgrade"), ("places", "load", "--json")):
        subprocess.run(_flask(*arguments), check=True, cwd=ROOT, env=_variables(folder, path), capture_output=True)
    return path


def _flask(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "app", *arguments]


def _variables(folder: Path, database: Path) -> dict[str, str]:
    own = {"APP_ENV": "testing", "INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{database}"}
    return {**os.environ, "PYTHONTZPATH": "", **own}


def _round(file: Path, prepared: Path, folder: Path) -> dict[str, Any]:
    for leftover in folder.glob("bench.db*"):
        leftover.unlink()
    shutil.copy(prepared, folder / "bench.db")
    return {**_apart("iterate", str(file)), **_command(file, folder)}


def _command(file: Path, folder: Path) -> dict[str, Any]:
    return _apart("command", str(file), **_variables(folder, folder / "bench.db"))


def _apart(*arguments: str, **variables: str) -> dict[str, Any]:
    """In a small process of its own: a child's peak memory is never less than its parent's was."""
    command = [sys.executable, "-m", "bench.imports", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=variables or None)
    return dict(json.loads(done.stdout))


def _iterate(path: Path) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), time.process_time()
    with _lines(path) as lines:
        for _ in lines:
            pass
    return {"plain_s": round(time.perf_counter() - wall, 3), "plain_cpu_s": round(time.process_time() - cpu, 3)}


@contextmanager
def _lines(path: Path) -> Iterator[Iterable[str]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as member:
        yield io.TextIOWrapper(member, "utf-8")


def _timed_command(path: Path) -> dict[str, Any]:
    began = time.perf_counter()
    done = subprocess.run(_flask("import", "nppes", str(path), "--json"), check=True, stdout=subprocess.PIPE)
    wall, used = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "wall_s": round(wall, 3),
        "cpu_s": round(used.ru_utime + used.ru_stime, 3),
        "peak_mb": round(used.ru_maxrss / 1024),
        "counts": json.loads(done.stdout),
    }


if __name__ == "__main__":
    what, where = sys.argv[1:]
    print(json.dumps({"iterate": _iterate, "command": _timed_command}[what](Path(where))))
