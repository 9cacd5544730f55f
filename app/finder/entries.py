"""Reads the entries of a box. Plain SQL, since this runs several times a search and must cost no more than its seeks."""

from collections.abc import Iterable, Sequence
from math import floor
from typing import Any

from sqlalchemy.engine import Connection

from app.core.database import driver_rows
from app.core.geometry import KM_PER_DEGREE, Box, box_around
from app.directory.catalogue import ANY
from app.directory.languages import BIT
from app.directory.listing import (
    BANDS_PER_DEGREE,
    CHECKED,
    FIRST,
    GENDER_FLAG,
    MAX_REACH_KM,
    STEP_FREE,
    minutes_bit,
    partition,
    specialty_bit,
)
from app.finder.criteria import SearchCriteria
from app.finder.near import FIRST_BOX_KM, SLACK

Row = tuple[Any, ...]
"""In the order of COLUMNS, and then of what else was asked for."""

COLUMNS = "lon, lat, therapist_id, location_id, reach_km, price_cents, prices, fresh_until"
WITHOUT_PRICES = COLUMNS.replace(" prices,", " NULL,")
LEAST_KM_PER_DEGREE = KM_PER_DEGREE * (1 - SLACK)
"""Two points are at least so many km apart for each degree of latitude between them."""
Condition = tuple[str, list[object]]
"""SQL that begins with AND, with `?` marks, and its values."""


def partitions(criteria: SearchCriteria, *, practices: bool) -> list[int]:
    """The leading keys to read: the home visits' part, and the practices' where they are still wanted."""
    home = partition(criteria.specialty_id, home_visits=True)
    return [home] if criteria.home_visit or not practices else [criteria.specialty_id, home]


def conditions(criteria: SearchCriteria, day: int) -> Condition:
    """The filters as SQL with `?` marks, and their values. `day` is the ordinal that a listing must reach."""
    parts, values = [" AND listed_until >= ?"], [day]
    flags = (CHECKED if criteria.checked else 0) | (STEP_FREE if criteria.step_free else 0)
    flags |= GENDER_FLAG.get(criteria.gender or "", 0)
    wanted = (
        ("flags", flags),
        ("minutes", minutes_bit(criteria.minutes) if criteria.minutes else 0),
        ("languages", BIT[criteria.language] if criteria.language else 0),
        ("specialties", specialty_bit(criteria.technique_id) if criteria.technique_id != ANY else 0),
    )
    for column, bits in wanted:
        if bits:
            parts.append(f" AND ({column} & ?) = ?")
            values += [bits, bits]
    if criteria.max_price_cents is not None:
        parts.append(" AND price_cents <= ?")
        values.append(criteria.max_price_cents)
    return "".join(parts), list(values)


def both(one: Condition, other: Condition | None) -> Condition:
    return (one[0] + other[0], [*one[1], *other[1]]) if other else one


def columns_for(criteria: SearchCriteria) -> str:
    """COLUMNS, without what the search does not look at: texts cost as much as all numbers of a row."""
    return COLUMNS if criteria.prices_matter else WITHOUT_PRICES


def in_ring(
    connection: Connection,
    criteria: SearchCriteria,
    point: tuple[float, float],
    inner: float,
    size: float,
    filters: Condition,
    *,
    more: str = "",
) -> Iterable[Row]:
    """The entries in the box of `size` km that could lie beyond `inner` km and pass the filters, unordered."""
    reach_from = inner if inner >= FIRST_BOX_KM else 0.0
    columns = columns_for(criteria) + more
    around = box_around(*point, size)
    if inner < criteria.radius_km < size and not criteria.home_visit:
        # Practices end at the radius; only who comes to the home is looked for farther out.
        within = box_around(*point, criteria.radius_km)
        home = partitions(criteria, practices=False)
        return [
            *in_box(connection, within, [criteria.specialty_id], filters, columns=columns),
            *in_box(connection, around, home, filters, reach_from=reach_from, columns=columns),
        ]
    keys = partitions(criteria, practices=inner < criteria.radius_km)
    return in_box(connection, around, keys, filters, reach_from=reach_from, columns=columns)


def around(
    connection: Connection, criteria: SearchCriteria, point: tuple[float, float], filters: Condition, most: int
) -> list[Row] | None:
    """All entries that could lie near enough and pass the filters, unordered; None when they are many."""
    columns = columns_for(criteria)
    reaching: Condition = (" AND (reach_km IS NULL OR reach_km >= abs(lat - ?) * ?)", [point[0], LEAST_KM_PER_DEGREE])
    circles = [
        (criteria.radius_km, criteria.specialty_id, filters),
        (MAX_REACH_KM, partition(criteria.specialty_id, home_visits=True), both(filters, reaching)),
    ]
    found: list[Row] = []
    for km, key, wanted in circles[1:] if criteria.home_visit else circles:
        rows = in_box(connection, box_around(*point, km), [key], wanted, most=most, columns=columns)
        if len(rows) >= most:
            return None
        found += rows
    return found


def in_box(
    connection: Connection,
    box: Box,
    keys: Sequence[int],
    filters: Condition,
    *,
    reach_from: float = 0.0,
    most: int | None = None,
    columns: str = COLUMNS,
) -> Sequence[Row]:
    """The entries in a box that pass the filters, unordered. `reach_from` leaves out home visits that go less far."""
    bands = range(floor(box.south * BANDS_PER_DEGREE), floor(box.north * BANDS_PER_DEGREE) + 1)
    within: Condition = (" AND lat BETWEEN ? AND ?", [box.south, box.north])
    if reach_from:
        within = both(within, (" AND (reach_km IS NULL OR reach_km >= ?)", [reach_from]))
    where, values = both(within, filters)
    sql = (
        f"SELECT {columns} FROM search_entry WHERE specialty_id IN ({_marks(keys)})"  # noqa: S608 - only marks and names
        f" AND band IN ({_marks(bands)}) AND lon BETWEEN ? AND ?{where}"
    )
    if most is not None:
        sql += f" LIMIT {most}"
    return _rows(connection, sql, [(*keys, *bands, west, east, *values) for west, east in box.spans])


def inside(connection: Connection, box: Box, key: int, filters: Condition, most: int) -> int:
    """At least so many therapists have an entry in the box, counted up to `most` and without looking at distances.

    They are counted at their first practices: to tell apart who has several there takes three times as long.
    """
    bands = range(floor(box.south * BANDS_PER_DEGREE) + 1, floor(box.north * BANDS_PER_DEGREE))
    if not bands or len(box.spans) > 1:
        return 0
    where, values = both((" AND (flags & ?) <> 0", [FIRST]), filters)
    sql = (
        f"SELECT count(*) FROM (SELECT 1 FROM search_entry WHERE specialty_id = ?"  # noqa: S608
        f" AND band IN ({_marks(bands)}) AND lon BETWEEN ? AND ?{where} LIMIT {most}) AS found"
    )
    number: int = _rows(connection, sql, [(key, *bands, *box.spans[0], *values)])[0][0]
    return number


def therapists(connection: Connection, box: Box, key: int, filters: Condition, most: int) -> list[int]:
    """Up to so many of the therapists who have an entry in a box of one span that passes the filters."""
    rows = in_box(connection, box, [key], filters, most=most, columns="DISTINCT therapist_id")
    return [therapist_id for (therapist_id,) in rows]


def _rows(connection: Connection, sql: str, values: Sequence[tuple[object, ...]]) -> Sequence[Any]:
    """These rows are plain numbers and need no types of ours."""
    if connection.dialect.name != "sqlite":
        sql = sql.replace("?", "%s")
    if len(values) == 1:
        return driver_rows(connection, sql, values[0])
    return [row for each in values for row in driver_rows(connection, sql, each)]


def _marks(items: Sequence[int]) -> str:
    return ", ".join("?" * len(items))
