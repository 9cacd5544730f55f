"""Reads one strange calendar in a process of its own: `python -m app.scheduling.calendars.child`, file in, JSON out.

It has a second and a half of processor, 256 MB, and nothing to write to. A single series that takes a quarter of a
second is left out; the whole file taking too long is refused.
"""

import json
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import FrameType

from app.core.texts import N_
from app.scheduling.calendars.busy import NotACalendar, read
from app.scheduling.calendars.events import Broken

MEMORY = 256 * 1024 * 1024
SECONDS = 1.5
SECONDS_A_SERIES = 0.25


class TooLong(BaseException):
    """The whole file takes too long. Not an Exception: nothing on the way may swallow it."""


def main() -> None:
    _limit()
    question = json.loads(sys.stdin.buffer.readline())
    try:
        reading = read(
            sys.stdin.buffer.read(),
            question["zone"],
            datetime.fromisoformat(question["first"]),
            datetime.fromisoformat(question["last"]),
            own=question["own"],
            budget=_series_budget,
        )
        answer: dict[str, object] = {
            "busy": [[start.isoformat(), end.isoformat()] for start, end in reading.busy],
            "remarks": [each.as_json() for each in reading.remarks],
            "events": reading.events,
            "skipped": reading.skipped,
        }
    except NotACalendar as error:
        answer = {"refused": str(error)}
    except (TooLong, MemoryError, RecursionError):
        answer = {"refused": N_("This calendar is too large or too tangled to read.")}
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, _too_long)
    signal.signal(signal.SIGVTALRM, _series_too_long)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)


@contextmanager
def _series_budget() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS_A_SERIES)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


def _series_too_long(_signal: int, _frame: FrameType | None) -> None:
    raise Broken(N_("it repeats too often to be worked out"))


if __name__ == "__main__":
    main()
