"""`make stress`: many clients want the same times while web and worker are killed. Prints what was broken as JSON."""

import argparse
import http.client
import json
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tools.serving import House, house

SAME_TIMES = 50
LEAST = 5
"""Wishes of a client, however slow the machine: together they are more than there are times."""


@dataclass
class World:
    """What the clients are told: the services, and the times that all of them want."""

    services: list[tuple[int, int]]
    times: list[str]
    answers: dict[str, bool]


@dataclass
class Tally:
    """What the clients saw. `acknowledged` maps a key to the token that its answer held."""

    outcomes: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, str] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    two_answers: int = 0
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One client: a connection that it makes anew whenever it breaks."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.connection: http.client.HTTPConnection | None = None
        self.broke = False

    def post(self, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The answer, after as many tries as it takes: the same key makes that safe. `broke` tells whether one broke."""
        self.broke = False
        while True:
            try:
                return self._post(path, body, headers)
            except (OSError, http.client.HTTPException):
                self.connection, self.broke = None, True
                time.sleep(0.05)

    def _post(self, path: str, body: object, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        self.connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}


def make_world(one: House) -> World:
    """Two therapists with fifty times each, one of whom keeps buffers; set up through the services."""
    from app.factory import create_app
    from config import from_environment
    from tools.stress_world import populate

    app = create_app(from_environment(one.environment))
    return World(*populate(app, SAME_TIMES, datetime.now(UTC)))


def hammer(port: int, world: World, tally: Tally, until: float, seed: int) -> None:
    chance, client, wishes = random.Random(seed), Client(port), 0
    while time.monotonic() < until or wishes < LEAST:
        wishes += 1
        key = uuid.UUID(int=chance.getrandbits(128)).hex
        body = _wish(world, chance, key)
        started = time.perf_counter()
        status, answer = client.post("/api/v1/bookings", body, {"Idempotency-Key": key})
        _note(tally, key, status, answer, time.perf_counter() - started)
        if status == 201 and chance.random() < 0.3:
            again, same = client.post("/api/v1/bookings", body, {"Idempotency-Key": key})
            _note(tally, key, again, same, None)
        if status == 201 and chance.random() < 0.6:
            _give_back(client, answer["token"], tally)


def _wish(world: World, chance: random.Random, key: str) -> dict[str, Any]:
    service, location = chance.choice(world.services)
    contact = {"name": "Pat Example", "email": f"{key}@example.test"}
    return {
        "service": service,
        "location": location,
        "starts_at": chance.choice(world.times),
        "contact": contact,
        "screening": {"answers": world.answers},
        "note": "for the load test",
    }


def _note(tally: Tally, key: str, status: int, answer: dict[str, Any], seconds: float | None) -> None:
    with tally.lock:
        tally.outcomes[f"{status} {answer.get('code', answer.get('state', ''))}"] += 1
        if seconds is not None:
            tally.seconds.append(seconds)
        if status == 201:
            tally.two_answers += tally.acknowledged.setdefault(key, answer["token"]) != answer["token"]


def _give_back(client: Client, token: str, tally: Tally) -> None:
    status, answer = client.post(f"/api/v1/bookings/{token}/cancel", {"scope": "one"}, {})
    with tally.lock:
        tally.outcomes[f"cancel {status} {answer.get('code', '')}"] += 1
        if status == 200 or (client.broke and answer.get("code") == "wrong-state"):
            # Killed between its commit and its answer, the first try did cancel: the second one finds it done.
            tally.cancelled.add(token)


def disturb(one: House, until: float, seed: int) -> dict[str, int]:
    """Kill web and worker at odd moments, and start them again."""
    chance, killed = random.Random(seed), {"web": 0, "worker": 0}
    while time.monotonic() + 1 < until:
        time.sleep(min(chance.uniform(1.0, 4.0), max(0.0, until - time.monotonic() - 0.5)))
        if chance.random() < 0.5:
            one.kill_web()
            one.start_web()
            killed["web"] += 1
        else:
            one.kill_worker()
            one.start_worker()
            killed["worker"] += 1
    return killed


def lost(one: House, tally: Tally) -> int:
    """Acknowledged bookings that are not there any more."""
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=40)
    missing = 0
    for token in tally.acknowledged.values():
        connection.request("GET", f"/api/v1/bookings/{token}")
        answer = connection.getresponse()
        facts = json.loads(answer.read())
        gone = answer.status != 200 or (token in tally.cancelled) != facts["state"].startswith("cancelled")
        missing += gone
    return missing


def run(database: str, seconds: float, clients: int, seed: int = 1, *, kill: bool = True) -> dict[str, Any]:
    """One run; `broken` holds only zeros when everything held."""
    with tempfile.TemporaryDirectory(prefix="unknot-") as folder, house(database, Path(folder)) as one:
        world = make_world(one)
        one.start_web()
        one.start_worker()
        tally, until = Tally(), time.monotonic() + seconds
        threads = [
            threading.Thread(target=hammer, args=(one.port, world, tally, until, seed * 1000 + number))
            for number in range(clients)
        ]
        for thread in threads:
            thread.start()
        killed = disturb(one, until, seed) if kill else {}
        for thread in threads:
            thread.join()
        broken = {"acknowledged_but_lost": lost(one, tally), "two_answers_for_a_key": tally.two_answers}
        one.kill_web()
        one.kill_worker()
        return {**_summary(database, seconds, clients, tally), "killed": killed, "broken": broken | _broken(one)}


def _summary(database: str, seconds: float, clients: int, tally: Tally) -> dict[str, Any]:
    took = sorted(tally.seconds) or [0.0]
    return {
        "database": database,
        "seconds": seconds,
        "clients": clients,
        "same_times": SAME_TIMES,
        "requests": sum(tally.outcomes.values()),
        "booked": len(tally.acknowledged),
        "outcomes": dict(tally.outcomes.most_common()),
        "p50_ms": round(took[len(took) // 2] * 1000, 1),
        "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1),
    }


def _broken(one: House) -> dict[str, int]:
    from app.doors.database import db
    from app.factory import create_app
    from config import from_environment
    from tools.invariants import violations

    app = create_app(from_environment(one.environment))
    with app.app_context():
        found = violations(db.session)
        db.session.close()
        db.engine.dispose()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kinds = ("sqlite", "postgresql") if given.database == "both" else (given.database,)
    results = [run(kind, given.seconds, given.clients, given.seed) for kind in kinds]
    print(json.dumps(results, indent=2))
    return int(any(any(result["broken"].values()) for result in results))


if __name__ == "__main__":
    sys.exit(main())
