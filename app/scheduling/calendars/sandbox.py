"""Reading a stranger's calendar safely: in a process that is poor, and ends."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from app.core.errors import Invalid
from app.core.texts import N_
from app.scheduling.calendars.busy import Reading, remark

HOUSE = Path(__file__).resolve().parents[3]
MOST_BYTES = 5 * 1024 * 1024
PATIENCE = 10
"""Seconds on the wall before a child that gets no processor is given up; its own limits are much tighter."""

TANGLED = N_("This calendar is too large or too tangled to read.")


def read_safely(content: bytes, zone: str, first: datetime, last: datetime, own: str = "") -> Reading:
    """What `busy.read` says, at most 2 s of processor and 256 MB; Invalid with a clear word when it will not do."""
    if len(content) > MOST_BYTES:
        raise Invalid("This calendar is larger than 5 MB. Export fewer years of it.", code="calendar-too-large")
    question = json.dumps({"zone": zone, "first": first.isoformat(), "last": last.isoformat(), "own": own}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "app.scheduling.calendars.child"],
            input=question + b"\n" + content,
            capture_output=True,
            cwd=HOUSE,
            env={"PYTHONTZPATH": "", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"},
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Invalid(TANGLED, code="calendar-too-tangled") from None
    if done.returncode != 0:
        raise Invalid(TANGLED, code="calendar-too-tangled")
    return _reading(json.loads(done.stdout))


def _reading(answer: dict[str, object]) -> Reading:
    match answer:
        case {"refused": str(words)}:
            raise Invalid(words, code="calendar-refused")
        case {"busy": list(busy), "remarks": list(remarks), "events": int(events), "skipped": int(skipped)}:
            times = tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in busy)
            return Reading(times, tuple(remark(*each) for each in remarks), events, skipped)
    raise Invalid(TANGLED, code="calendar-too-tangled")
