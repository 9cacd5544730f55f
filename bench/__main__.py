"""`python -m bench [part …]`: run the measurements and print one JSON document; progress goes to standard error."""

import argparse
import importlib
import json
import os
import platform
import sqlite3
import sys
import time
from typing import Any

from bench import noise

PARTS = ("free_starts", "bookings", "imports", "finder")
"""Modules of this folder with `run() -> dict`. A new measurement is a new name here."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which of {', '.join(PARTS)}; without any, all")
    parser.add_argument("--rows", type=int, help="how many rows the imports' file has (a million)")
    chosen = parser.parse_args(arguments)
    parts = chosen.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    options = {"imports": {"rows": chosen.rows}} if chosen.rows else {}
    print(json.dumps(measure(parts, options), indent=2))
    return 0


def measure(parts: list[str], options: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """All parts, each with its options, with the machine's noise before and after: a ratio finer than the spread says nothing."""
    before = noise.measure()
    results: dict[str, Any] = {}
    for part in parts:
        print(f"measuring {part} …", file=sys.stderr, flush=True)
        began = time.perf_counter()
        results[part] = importlib.import_module(f"bench.{part}").run(**options.get(part, {}))
        print(f"  {part}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return {"machine": _machine(), "noise": {"before": before, "after": noise.measure()}, **results}


def _machine() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
