"""The finder at 300,000 therapists: the query, the whole page against its floor, growth, and PostgreSQL beside SQLite.

`python -m bench finder` prints JSON. The points are drawn anew around real centres, so that no answer is ready.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import structlog
from flask import Flask, render_template, template_rendered
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.core.clock import today
from app.directory.catalogue import BY_SLUG
from app.doors.database import db
from app.finder import queries
from app.finder.criteria import SearchCriteria
from app.places.models import Place
from bench import dataset, timing

WHAT = ("lower-back-pain", "sciatica", "pinched-nerve", "neck-pain", "headache", "jaw-pain")
DENSE = ((40.75, -73.98), (34.05, -118.25), (41.88, -87.63), (29.76, -95.37), (33.45, -112.07), (39.95, -75.16))
"""New York, Los Angeles, Chicago, Houston, Phoenix, Philadelphia. Degrees."""
SPARSE_STATES = ("WY", "MT", "NV", "ND", "SD", "NE", "NM", "AK")
NEAREST = 20
WARM_UP = 30


@dataclass(frozen=True)
class Ask:
    """A search: where (degrees) and what."""

    lat: float
    lon: float
    slug: str
    wish: str = ""
    """More of the page's address: when, and in which order."""

    @property
    def criteria(self) -> SearchCriteria:
        return SearchCriteria(specialty_id=BY_SLUG[self.slug].id)

    @property
    def path(self) -> str:
        return f"/therapists?where={self.lat:.4f},{self.lon:.4f}&what={self.slug}{self.wish}"


def run(folder: Path = dataset.FOLDER, therapists: int = dataset.LARGE, few: int = dataset.SMALL, asks: int = 400) -> dict[str, Any]:  # fmt: skip
    """All four measurements. Smaller numbers are for trying the measurement itself."""
    large = dataset.large(therapists, folder)
    small = dataset.small(large, few, folder)
    for path in (large, small):
        dataset.read_through(path)
    app = dataset.app_on(f"sqlite:///{large}", folder)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with app.app_context(), Session(db.engine) as session:
        groups = {"dense": dense(asks), "sparse": sparse(session, asks)}
        everywhere = {"anywhere": anywhere(session, asks), **groups}
        found = {
            "therapists": therapists,
            "listings": dataset.listings(session),
            "query": {name: query(session, each) for name, each in everywhere.items()},
        }
    found["page"] = {name: page(app, each[: asks // 4]) for name, each in everywhere.items()}
    found["when"] = when(app, groups, asks // 4)
    found["growth"] = growth(app, dataset.app_on(f"sqlite:///{small}", folder), _around([dataset.CENTRE], asks, 4))
    with dataset.postgresql(large, folder) as url:
        found["databases"] = databases(app, dataset.app_on(url, folder), groups)
    return found


def dense(number: int) -> list[Ask]:
    return _around(DENSE, number, 8)


def sparse(session: Session, number: int) -> list[Ask]:
    """Around small towns of the emptiest states."""
    small = (Place.kind == "town", Place.country == "US", Place.population.between(500, 3000))
    towns = session.execute(
        select(Place.lat, Place.lon).where(*small, Place.admin1.in_(SPARSE_STATES)).order_by(Place.id)
    )
    return _around([(lat, lon) for lat, lon in towns], number, 8)


def anywhere(session: Session, number: int) -> list[Ask]:
    """Where people live: around towns of every size, in proportion to their population."""
    towns = session.execute(
        select(Place.lat, Place.lon, Place.population)
        .where(Place.kind == "town", Place.country == "US", Place.population > 0)
        .order_by(Place.id)
    ).all()
    return _around([(lat, lon) for lat, lon, _ in towns], number, 4, [people for *_, people in towns])


def _around(
    centres: Sequence[tuple[float, float]], number: int, km: float, weights: Sequence[int] | None = None
) -> list[Ask]:
    random = Random(20261121)
    asks = []
    for _ in range(number):
        lat, lon = random.choices(centres, weights)[0] if weights else random.choice(centres)
        asks.append(Ask(lat + random.gauss(0, km / 111), lon + random.gauss(0, km / 85), random.choice(WHAT)))
    return asks


def nearest(session: Session) -> Callable[[Ask], object]:
    on = today()
    return lambda ask: queries.nearest(session, ask.criteria, (ask.lat, ask.lon), on, limit=NEAREST)


def with_cards(session: Session) -> Callable[[Ask], object]:
    on = today()

    def work(ask: Ask) -> object:
        found = queries.search(session, ask.criteria, (ask.lat, ask.lon), on, limit=NEAREST)
        return queries.cards(session, found.hits, on)

    return work


def query(session: Session, asks: Sequence[Ask]) -> dict[str, Any]:
    """The nearest 20 alone, and with the total and the cards."""
    works = {"nearest_20": nearest(session), "with_total_and_cards": with_cards(session)}
    timing.interleaved(works, asks[:WARM_UP])
    return {name: timing.summary(took) for name, took in timing.interleaved(works, asks).items()}


def page(app: Flask, asks: Sequence[Ask]) -> dict[str, Any]:
    """The whole page through the WSGI application, and the same page from values already in memory."""
    if not any(rule.rule == "/therapists" for rule in app.url_map.iter_rules()):
        return {"missing": "this application has no results page"}
    kept: dict[Ask, tuple[str, dict[str, Any]]] = {ask: _rendered(app, ask) for ask in asks}
    current: list[Ask] = []
    floor_app = dataset.app_on(app.config["SQLALCHEMY_ENGINES"]["default"]["url"], Path(app.instance_path).parent)
    floor_app.view_functions[_endpoint(app)] = _declared(app, lambda: _render(kept[current[0]]))

    def floor(ask: Ask) -> object:
        current[:] = [ask]
        return _get(floor_app, ask.path)

    works = {"whole": lambda ask: _get(app, ask.path), "floor": floor}
    timing.interleaved(works, asks[:WARM_UP])
    took = timing.interleaved(works, asks, rounds=3)
    summaries: dict[str, Any] = {name: timing.summary(each) for name, each in took.items()}
    ratio = summaries["whole"]["p50_ms"] / summaries["floor"]["p50_ms"]
    return {**summaries, "ratio_p50": round(ratio, 3), "bytes": len(_get(app, asks[0].path))}


def when(app: Flask, groups: dict[str, list[Ask]], asks: int) -> dict[str, Any]:
    """Whole pages of who is free on the next three evenings from six to eight, and of the soonest first."""
    first, last = today() + timedelta(days=1), today() + timedelta(days=3)
    wishes = {"evening": f"&from={first}&to={last}&time=18:00-20:00", "soonest": "&sort=soonest"}
    return {
        f"{name}_{wish}": page(app, [replace(ask, wish=text) for ask in each[:asks]])
        for name, each in groups.items()
        for wish, text in wishes.items()
    }


def _endpoint(app: Flask) -> str:
    return next(rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == "/therapists")


def _declared(app: Flask, view: Callable[[], str]) -> Callable[[], str]:
    """The stand-in view with everything that was declared for the real one (its audience)."""
    vars(view).update(vars(app.view_functions[_endpoint(app)]))
    vars(view).pop("__wrapped__", None)
    return view


def _rendered(app: Flask, ask: Ask) -> tuple[str, dict[str, Any]]:
    seen: list[tuple[str, dict[str, Any]]] = []

    def remember(_sender: Flask, template: Any, context: dict[str, Any], **_: Any) -> None:
        seen.append((template.name, context))

    with template_rendered.connected_to(remember, app):
        _get(app, ask.path)
    own = {"g", "request", "session"}
    return seen[-1][0], {name: value for name, value in seen[-1][1].items() if name not in own}


def _render(values: tuple[str, dict[str, Any]]) -> str:
    return render_template(values[0], **values[1])


def _get(app: Flask, path: str) -> bytes:
    """One GET through the WSGI application, read to its end."""
    chunks, status, _ = run_wsgi_app(app, EnvironBuilder(path=path.partition("?")[0], query_string=path.partition("?")[2]).get_environ())  # fmt: skip
    body = b"".join(chunks)
    assert status.startswith("200"), (path, status)
    return body


def growth(large: Flask, small: Flask, asks: Sequence[Ask]) -> dict[str, Any]:
    """The same searches, with the same neighbours, in the large and in the small directory."""
    with Session(_engine(large)) as many, Session(_engine(small)) as few:
        on = today()
        for ask in asks[:WARM_UP]:
            here, there = (
                [(hit.therapist_id, hit.location_id) for hit in queries.nearest(session, ask.criteria, (ask.lat, ask.lon), on)]
                for session in (many, few)
            )  # fmt: skip
            assert here == there, f"not the same neighbours at {ask}"
        works = {"large": nearest(many), "small": nearest(few)}
        timing.interleaved(works, asks[:WARM_UP])
        took = timing.interleaved(works, asks, rounds=3)
    summaries: dict[str, Any] = {name: timing.summary(each) for name, each in took.items()}
    return {**summaries, "ratio_p50": round(summaries["large"]["p50_ms"] / summaries["small"]["p50_ms"], 3)}


def databases(sqlite: Flask, postgresql: Flask, groups: dict[str, list[Ask]]) -> dict[str, Any]:
    """The same searches on both databases, with the same answers."""
    found: dict[str, Any] = {}
    with Session(_engine(sqlite)) as one, Session(_engine(postgresql)) as other:
        found["postgresql"] = str(other.scalar(text("SHOW server_version"))).partition(" ")[0]
        for name, asks in groups.items():
            works = {"sqlite": nearest(one), "postgresql": nearest(other)}
            assert all(works["sqlite"](ask) == works["postgresql"](ask) for ask in asks[:WARM_UP])
            found[name] = {kind: timing.summary(took) for kind, took in timing.interleaved(works, asks).items()}
    return found


def _engine(app: Flask) -> Any:
    with app.app_context():
        return db.engine
