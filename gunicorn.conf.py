"""How Unknot is served. Two threads a process: while one waits for the disk, the other computes. More would take the
interpreter from one another at every statement (docs/decisions/one-writer-soon-done.md). With as many processes as cores,
each stays on a core of its own (docs/decisions/a-core-each.md).

The parent of all processes imports nothing of the application: what it has, a reload would not read again."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from gunicorn.http import message

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '5000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "2"))
preload_app = False
timeout = 30
graceful_timeout = 20
keepalive = 5
raw_env = ["PYTHONTZPATH="]
limit_request_line = 65_536
# Left alone, gunicorn takes no more than 8,190 bytes and answers longer ones with a bare page. Ten thousand letters in
# the search are answered by our own, which says what to do.
message.MAX_REQUEST_LINE = limit_request_line


def when_ready(server: Any) -> None:
    """With WITH_WORKER=1 (as `make run` does) one worker runs beside: mails go out, requests expire."""
    if os.environ.get("WITH_WORKER") == "1":
        command = [sys.executable, "-m", "flask", "--app", "app", "worker"]
        server.unknot_worker = subprocess.Popen(command)  # noqa: S603 - our own command


def core_for(workers: int, taken: Iterable[int | None], cores: Collection[int]) -> int | None:
    """The core that the fewest living processes have; None, for any of them, where there are more cores than processes:
    one that hashes a password or reads from SQLite then has a second one at work."""
    if not cores or workers < len(cores):
        return None
    counted = Counter(taken)
    return min(cores, key=lambda core: (counted[core], core))


def pre_fork(server: Any, worker: Any) -> None:
    """Where another one has died, its core is free."""
    wanted = os.environ.get("WEB_OWN_CORES", "1") == "1" and hasattr(os, "sched_getaffinity")
    cores = os.sched_getaffinity(0) if wanted else ()
    taken = [getattr(each, "core", None) for each in server.WORKERS.values()]
    worker.core = core_for(server.cfg.workers, taken, cores)


def post_fork(server: Any, worker: Any) -> None:
    """Before it has threads: they stay where it is."""
    if worker.core is not None:
        os.sched_setaffinity(0, {worker.core})


def post_worker_init(worker: Any) -> None:
    from app.core.garbage import collect_between_pages

    collect_between_pages()


def on_exit(server: Any) -> None:
    """Stop the worker with its server."""
    worker = getattr(server, "unknot_worker", None)
    if worker is not None:
        worker.terminate()
        worker.wait(timeout=10)
