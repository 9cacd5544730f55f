"""Bookings a second through HTTP with everything on, beside a bare insert-and-commit through the same stack.

Two gunicorn workers on SQLite and on PostgreSQL, 16 and 32 clients; then 25 times that 16 clients each want at once.
The load comes from another process on the same machine, and takes its share of it.

The systems that this is compared with were measured on another machine, which `bench.hello` was measured on, too. So
each round is also told as bookings for each hello, asked just before and after it; `estimate_there` is that times the
hellos of the other machine. Compare it with nothing but a rate from there; the floor here belongs to the rates here.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.core.zones import use_pinned_zone_data
from bench import hello
from bench.timing import quantile
from tools import load
from tools.serving import ROOT, House, house

KINDS = ("sqlite", "postgresql")
CLIENTS = (16, 32)
SECONDS, ROUNDS = 4.0, 4
THERAPISTS, DAYS = 40, 50
CONTESTED, EACH = 25, 16

Wish = tuple[int, int, str]


def with_floor() -> Any:
    """The application of `make stress`, and a route that inserts one row and commits."""
    from sqlalchemy import text

    from app.doors.audience import audience
    from app.doors.database import transaction
    from app.doors.limits import limit
    from tools.serving import wide_open

    app = wide_open()
    csrf = app.extensions["csrf"]

    @app.post("/bench/floor")
    @audience("public")
    @limit("LIMIT_BOOK")
    def floor() -> tuple[dict[str, int], int]:
        with transaction() as session:
            session.connection().execute(text("INSERT INTO bench_floor (words) VALUES (:words)"), {"words": "x" * 200})
        return {"made": 1}, 201

    csrf.exempt(floor)
    return app


def run(kinds: Sequence[str] = KINDS, rounds: int = ROUNDS, seconds: float = SECONDS) -> dict[str, Any]:
    """Of each database: bookings a second, milliseconds, the floor, and times that were given to two."""
    use_pinned_zone_data()
    return {kind: _on(kind, rounds, seconds) for kind in kinds}


def _on(kind: str, rounds: int, seconds: float) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="unknot-") as folder,
        house(kind, Path(folder)) as one,
        hello.serving() as page,
    ):
        one.application = "bench.bookings:with_floor()"
        wishes = _prepare(one)
        random.Random(1).shuffle(wishes)
        one.start_web()
        _warm_up(one, wishes)
        measured = {
            f"clients_{clients}": _beside_floor(one, wishes, clients, rounds, seconds, page) for clients in CLIENTS
        }
        return {**measured, "contested": _contest(one, wishes), "broken": _broken(one)}


def _prepare(one: House) -> list[Wish]:
    from sqlalchemy import text

    from app.doors.database import db, transaction
    from tools.stress_world import populate_many

    app = _app(one)
    wishes = populate_many(app, THERAPISTS, DAYS, datetime.now(UTC))
    with app.app_context():
        with transaction() as session:
            session.execute(text("CREATE TABLE bench_floor (words TEXT)"))
        db.engine.dispose()
    return wishes


def _app(one: House) -> Any:
    from app.factory import create_app
    from config import from_environment

    return create_app(from_environment(one.environment))


def _warm_up(one: House, wishes: list[Wish]) -> None:
    _drive(one, [_booking(wishes.pop()) for _ in range(60)], 16, 10)


def _beside_floor(
    one: House, wishes: list[Wish], clients: int, rounds: int, seconds: float, page: hello.Hello | None
) -> dict[str, Any]:
    """Bookings and floor take turns, so that a slow moment of the machine hits both; the best round of each counts."""
    ours, floors, hellos = [], [], [page and page.per_second()]
    for _ in range(rounds):
        wanted = [_booking(wishes.pop()) for _ in range(min(len(wishes), int(seconds * 700)))]
        ours.append(_rate(*_drive(one, wanted, clients, seconds)))
        hellos.append(page and page.per_second())
        floors.append(_rate(*_drive(one, [_FLOOR] * int(seconds * 5000), clients, seconds / 2)))
    best, floor = (max(found, key=lambda each: each["per_second"]) for found in (ours, floors))
    rates = [each["per_second"] for each in ours]
    return {**best, "rounds": rates, **_beside_hello(rates, hellos), "floor": floor}


def _beside_hello(rates: Sequence[float], hellos: Sequence[float | None]) -> dict[str, Any]:
    """What each round made for each hello of the moment; nothing where nobody could be asked."""
    known = [each for each in hellos if each is not None]
    if len(known) != len(hellos):
        return {"hellos": None}
    each = [rate / statistics.mean(around) for rate, around in zip(rates, pairwise(known), strict=True)]
    return {
        "hellos": known,
        "for_each_hello": [round(one, 4) for one in each],
        "estimate_there": round(statistics.median(each) * hello.THERE, 1),
    }


def _contest(one: House, wishes: list[Wish]) -> dict[str, Any]:
    """Sixteen requests for each of 25 times, all sixteen under way at the same moment."""
    times = [wishes.pop() for _ in range(CONTESTED)]
    took, answers = _drive(one, [_booking(each) for each in times for _ in range(EACH)], EACH, 60)
    won = Counter(number // EACH for number, status, _ in answers if status == 201)
    return {
        "times": CONTESTED,
        "clients_each": EACH,
        "booked_more_than_once": sum(count > 1 for count in won.values()),
        "booked_once": sum(count == 1 for count in won.values()),
        "statuses": dict(Counter(status for _, status, _ in answers)),
        "requests_per_second": round(len(answers) / took, 1),
    }


def _booking(wish: Wish) -> bytes:
    from tools.stress_world import NO_TO_ALL

    service, location, starts_at = wish
    key = uuid.uuid4().hex
    body = {
        "service": service,
        "location": location,
        "starts_at": starts_at,
        "contact": {"name": "Pat Example", "email": f"{key}@example.test"},
        "screening": {"answers": NO_TO_ALL},
        "note": "for the measurement",
    }
    return load.post("/api/v1/bookings", json.dumps(body).encode(), [f"Idempotency-Key: {key}"])


_FLOOR = load.post("/bench/floor", b"{}")


def _drive(one: House, requests: list[bytes], clients: int, seconds: float) -> tuple[float, list[load.Answer]]:
    command = [sys.executable, "-m", "tools.load", str(one.port), str(clients), str(seconds)]
    done = subprocess.run(command, input=load.write(requests), capture_output=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)
    return found["seconds"], [tuple(each) for each in found["answers"]]


def _rate(seconds: float, answers: list[load.Answer]) -> dict[str, Any]:
    took = sorted(each[2] for each in answers)
    made = sum(status == 201 for _, status, _ in answers)
    return {
        "per_second": round(made / seconds, 1),
        "refused": len(answers) - made,
        "p50_ms": round(statistics.median(took), 1),
        "p99_ms": round(quantile(took, 0.99), 1),
    }


def _broken(one: House) -> dict[str, int]:
    from app.doors.database import db
    from tools.invariants import violations

    one.kill_web()
    app = _app(one)
    with app.app_context():
        found = violations(db.session)
        db.session.close()
        db.engine.dispose()
    return found


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
