"""What gunicorn makes of our settings for it."""

import os
import runpy
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.serving import ROOT, free_port, wait_until_answering

CONFIGURATION = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
core_for: Callable[..., int | None] = CONFIGURATION["core_for"]
LINUX = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system keeps nothing on a core")


@given(st.sets(st.integers(0, 63), min_size=1, max_size=16), st.data())
def test_processes_are_spread_over_the_cores_whoever_dies(cores: set[int], data: st.DataObject) -> None:
    workers = data.draw(st.integers(len(cores), 2 * len(cores) + 1))
    living: list[int | None] = []
    for _ in range(3):
        while len(living) < workers:
            living.append(core_for(workers, living, cores))
        counted = Counter(living)
        assert set(counted) == cores
        assert max(counted.values()) - min(counted.values()) <= 1
        dead = data.draw(st.integers(0, workers - 1))
        living.pop(dead)


def test_the_system_decides_where_it_has_cores_to_spare_or_cannot_be_told() -> None:
    assert core_for(2, [], {0, 1, 2}) is None
    assert core_for(2, [], ()) is None


def test_processes_from_before_a_reload_may_have_none() -> None:
    assert core_for(2, [None, None, 4], {4, 5}) == 5


@pytest.fixture
def cores() -> set[int]:
    return set(sorted(os.sched_getaffinity(0))[:2])


@pytest.fixture
def arbiter(cores: set[int], tmp_path: Path) -> Iterator[int]:
    """The parent of as many web processes as it has cores."""
    port = free_port()
    environment = {**os.environ, "PORT": str(port), "WEB_WORKERS": str(len(cores))}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "bench.hello:app"]
    narrowed = f"import os; os.sched_setaffinity(0, {cores}); os.execv({sys.executable!r}, {command})"
    with (tmp_path / "log").open("wb") as log:
        one = subprocess.Popen([sys.executable, "-c", narrowed], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_until_answering(f"http://127.0.0.1:{port}/")
            yield one.pid
        finally:
            one.terminate()
            one.wait(timeout=30)


@LINUX
def test_each_process_has_a_core_with_all_its_threads_and_its_heir_gets_it(arbiter: int, cores: set[int]) -> None:
    first = _until(lambda: _settled(arbiter, cores))
    killed, core = first.popitem()
    os.kill(killed, signal.SIGKILL)
    second = _until(lambda: killed not in (found := _settled(arbiter, cores)) and found)
    assert set(first.items()) < set(second.items())
    assert [inherited for pid, inherited in second.items() if pid not in first] == [core]


def _settled(arbiter: int, cores: set[int]) -> dict[int, int]:
    """The core of each process; nothing as long as they are not all there, or not on one each."""
    children = Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text().split()
    try:
        found = {int(pid): _cores_of(int(pid)) for pid in children}
    except OSError:  # one is gone meanwhile
        return {}
    alone = {pid: next(iter(has)) for pid, has in found.items() if len(has) == 1}
    return alone if len(alone) == len(cores) and set(alone.values()) == cores else {}


def _cores_of(pid: int) -> set[int]:
    """Those that any thread of it may use."""
    return set[int]().union(*(os.sched_getaffinity(int(task.name)) for task in Path(f"/proc/{pid}/task").iterdir()))


def _until(found: Callable[[], Any], seconds: float = 30) -> Any:
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        if it := found():
            return it
        time.sleep(0.05)
    raise AssertionError("it did not come")
