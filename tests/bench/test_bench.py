"""The measurements run, at a tiny size, and say what they promise."""

import importlib
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.core import logs
from app.places.rows import Row
from bench import __main__ as bench
from bench import bookings, dataset, finder, hello, noise, timing
from tests.places import gazetteer

CITIES = (("Denver", "CO", 39.74, -104.99), ("New York", "NY", 40.75, -73.98), ("Marfa", "WY", 43.0, -107.5))


def _few_places(session: Session, *_: object, **__: object) -> dict[str, int]:
    rows = []
    for number, (name, state, lat, lon) in enumerate(CITIES, start=1):
        people = 2_000 if state == "WY" else 600_000
        key = frozenset({name.lower()})
        rows.append(
            Row(number, "town", name, f"{name}, {state}", state, "US", lat, lon, people, people, "Etc/UTC", key)
        )
        code = f"8020{number}"
        key = frozenset({code})
        label = f"{name}, {state} {code}"
        rows.append(Row(100 + number, "zip", code, label, state, "US", lat, lon, 0, 2, "Etc/UTC", key))
    gazetteer.services.replace(session, rows, "bench")
    return {}


def test_every_part_can_be_run() -> None:
    for part in bench.PARTS:
        assert callable(importlib.import_module(f"bench.{part}").run)


def test_noise_has_a_spread() -> None:
    assert noise.measure()["spread"] >= 1


def test_quantiles_are_of_the_numbers_themselves() -> None:
    assert timing.quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert timing.summary([2.0, 1.0])["p99_ms"] == 2.0


def test_bookings_are_told_for_each_hello_around_them() -> None:
    told = bookings._beside_hello([100.0, 400.0], [1000.0, 3000.0, 5000.0])
    assert told["for_each_hello"] == [0.05, 0.1]
    assert told["estimate_there"] == round(0.075 * hello.THERE, 1)
    assert bookings._beside_hello([100.0], [None, None]) == {"hellos": None}


def test_without_wrk_nothing_is_compared_with_hello(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hello.app.test_client().get("/").text == "hello"
    monkeypatch.setattr(hello.shutil, "which", lambda _: None)
    with hello.serving() as page:
        assert page is None


def test_an_answer_that_is_no_hello_is_not_counted(tmp_path: Path) -> None:
    refusing = tmp_path / "wrk"
    refusing.write_text("#!/bin/sh\necho Non-2xx or 3xx responses: 9\necho Requests/sec: 4000.00\n")
    refusing.chmod(0o755)
    with pytest.raises(RuntimeError, match="did not answer well"):
        hello.Hello(str(refusing), "http://127.0.0.1:9/").per_second()


@pytest.mark.filterwarnings("ignore")
def test_the_finder_is_measured_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset.places, "load", _few_places)
    monkeypatch.setattr(dataset, "postgresql", None)
    monkeypatch.setattr(logs, "configure", lambda **_: None)  # that would hold for the tests after this one
    large = dataset.large(400, tmp_path)
    assert dataset.large(400, tmp_path) == large
    small = dataset.small(large, 150, tmp_path)
    app, other = (dataset.app_on(f"sqlite:///{path}", tmp_path) for path in (large, small))
    asks = finder._around([dataset.CENTRE], 8, 0.1)
    page = finder.page(app, asks)
    assert page["ratio_p50"] > 0
    assert page["bytes"] > 5_000
    near = [finder.Ask(ask.lat, ask.lon, "muscle-tension") for ask in asks]
    assert finder.growth(app, other, near)["ratio_p50"] > 0
    with Session(finder._engine(app)) as session:
        assert finder.sparse(session, 3)
        assert finder.query(session, asks)["nearest_20"]["n"] == 8
