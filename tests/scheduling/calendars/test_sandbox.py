"""Calendar bombs: at most 2 seconds of processor and 256 MB, and a clear word."""

import json
import subprocess
import sys

import pytest

from app.scheduling.calendars.sandbox import read_safely
from config import ROOT
from tests.scheduling.calendars.files import FIRST, LAST, calendar, event, reading

HOUR = ("DTSTART:20261201T160000Z", "DURATION:PT1H")


def safely(content: bytes) -> object:
    return read_safely(content, "America/Chicago", FIRST, LAST)


def test_the_answer_is_the_same_as_without_the_box() -> None:
    content = calendar(*event(*HOUR, "RRULE:FREQ=WEEKLY;COUNT=9"), *event("DTSTART:bad", uid="bad@test"))
    assert safely(content) == reading(content)


def test_a_thousand_million_days_end_at_the_horizon() -> None:
    found = reading(calendar(*event(*HOUR, "RRULE:FREQ=DAILY;COUNT=1000000000")))
    assert len(found.busy) == 365
    assert safely(calendar(*event(*HOUR, "RRULE:FREQ=DAILY;COUNT=1000000000"))) == found


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;COUNT=1000000000",
        "FREQ=MINUTELY",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=-31,31",
    ],
)
def test_endless_and_crowded_repeats_are_left_out_and_the_rest_is_kept(rule: str) -> None:
    found = read_safely(calendar(*event(*HOUR, f"RRULE:{rule}", uid="bomb@test"), *event(*HOUR)), "UTC", FIRST, LAST)
    assert (len(found.busy), found.skipped) == (1, 1)


ASK = """
import json, resource, sys
from datetime import UTC, datetime
from app.core.errors import Invalid
from app.scheduling.calendars.sandbox import read_safely
words = ""
try:
    read_safely(sys.stdin.buffer.read(), "UTC", datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC))
except Invalid as error:
    words = error.message
spent = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([words, spent.ru_utime + spent.ru_stime, spent.ru_maxrss]))
"""


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"x" * (5 * 1024 * 1024 + 1), id="too large"),
        pytest.param(b"".join(calendar(*event("DTSTART:19700101T000000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY", uid=str(n))) for n in range(60)), id="many long series"),
        pytest.param(calendar(*event(*HOUR, "RDATE:" + ",".join(["20261201T160000Z"] * 250_000))), id="long list"),
        pytest.param(calendar(*event(*HOUR, "RRULE:FREQ=DAILY", *["EXDATE:20261201T160000Z"] * 150_000)), id="many lines"),
        pytest.param(b"<html>", id="no calendar"),
    ],
)  # fmt: skip
def test_what_is_too_much_is_refused_in_words_within_two_seconds_of_processor(content: bytes) -> None:
    """Asked in a small process of its own: a child's peak memory begins with its parent's."""
    done = subprocess.run([sys.executable, "-c", ASK], input=content, capture_output=True, cwd=ROOT, check=True)
    words, seconds, kilobytes = json.loads(done.stdout)
    assert "calendar" in words
    assert seconds <= 2.1
    assert kilobytes <= 256 * 1024
