"""A page that says hello, served by two plain workers: what this machine makes of Flask and gunicorn just now.

The systems that the bookings are compared with were measured on another machine, and this page with them: it answered
5,620 times a second there. Bookings for each hello can be compared between machines, bookings a second cannot.
Both cores are busy in either measurement, which one computation alone does not show.
"""

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tools.serving import free_port, wait_until_answering

THERE = 5620
CLIENTS = 16
app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"


@dataclass(frozen=True, slots=True)
class Hello:
    """A server that says hello. It costs nothing as long as nobody asks."""

    wrk: str
    url: str

    def per_second(self, seconds: int = 2) -> float:
        """Asked by wrk: whatever takes more of the machine itself would make the page look slow, and us fast."""
        command = [self.wrk, "-t1", f"-c{CLIENTS}", f"-d{seconds}s", self.url]
        said = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        found = re.search(r"Requests/sec:\s+([\d.]+)", said)
        if found is None or "Non-2xx" in said:
            raise RuntimeError(f"the page that says hello did not answer well: {said}")
        return float(found[1])


@contextlib.contextmanager
def serving() -> Iterator[Hello | None]:
    """None where wrk is not installed: then nothing is compared with it."""
    wrk = shutil.which("wrk")
    if wrk is None:
        yield None
        return
    port = free_port()
    # From this folder, where gunicorn finds no settings of ours.
    command = [sys.executable, "-m", "gunicorn", "-w", "2", "-k", "sync", "-b", f"127.0.0.1:{port}", "hello:app"]
    here = Path(__file__).parent
    environment = {"PYTHONPATH": str(here.parent), "PATH": str(Path(wrk).parent)}
    server = subprocess.Popen(command, cwd=here, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/"
        wait_until_answering(url)
        yield Hello(wrk, url)
    finally:
        server.terminate()
        server.wait(timeout=10)
