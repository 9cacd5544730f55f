"""The registry import against the floor: plain Python iterating the same file's lines."""

import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any

from tests.directory.imports import files

ROWS = 1_000_000
MASSAGE_IN = 100


def run() -> dict[str, Any]:
    """Import a file of `ROWS` rows, one in a hundred a massage therapist, into an empty SQLite, from CSV and from zip.

    `ratio` is the import's time over the plain iteration's in the same process; the bar is 3. Peak memory is a fresh
    process's own.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "npidata_pfile_20250101-20250107.csv"
        write(path, ROWS)
        packed = Path(folder) / "npidata.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(path, path.name)
        csv, zipped = (_in_own_process(each) for each in (path, packed))
    return {
        "rows": ROWS,
        "plain_iteration_s": csv["plain"],
        "import_s": csv["import"],
        "ratio": round(csv["import"] / min(csv["plain"]), 2),
        "again_s": csv["again"],
        "zip_import_s": zipped["import"],
        "same_counts_from_csv_and_zip": csv["counts"] == zipped["counts"],
        "peak_memory_mb": max(csv["peak_mb"], zipped["peak_mb"]),
        "counts": csv["counts"],
    }


def write(path: Path, rows: int) -> None:
    """An invented file with as many bytes a row as the real one (about 1,250), from a few hundred different rows."""
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


def _in_own_process(path: Path) -> dict[str, Any]:
    import json

    answer = subprocess.run(
        [sys.executable, "-m", "bench.imports", str(path)], check=True, capture_output=True, text=True
    )
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _measure(path: Path) -> dict[str, Any]:
    from app.directory.imports.rejects import Rejects
    from app.directory.imports.runs import Job, import_registry
    from app.doors.database import transaction
    from app.factory import alembic, create_app
    from config import from_environment

    with tempfile.TemporaryDirectory() as folder:
        variables = {"APP_ENV": "testing", "INSTANCE_PATH": folder, "DATABASE_URL": f"sqlite:///{folder}/bench.db"}
        app = create_app(from_environment(variables))
        with app.app_context():
            alembic.upgrade()
            job = Job(transaction, "bench", Rejects())
            plain = [_iterate(path) for _ in range(2)] if path.suffix == ".csv" else []
            started = time.perf_counter()
            counts = import_registry(job, path)
            first = time.perf_counter() - started
            plain += [_iterate(path)] if plain else []
            started = time.perf_counter()
            again = import_registry(job, path)
            second = time.perf_counter() - started
        assert again["unchanged"] == counts["added"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"plain": plain, "import": first, "again": second, "counts": counts, "peak_mb": round(peak)}


def _iterate(path: Path) -> float:
    started = time.perf_counter()
    with path.open("rb") as file:
        for _ in file:
            pass
    return time.perf_counter() - started


if __name__ == "__main__":
    import json

    print(json.dumps(_measure(Path(sys.argv[1]))))
