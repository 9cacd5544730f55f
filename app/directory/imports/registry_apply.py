"""Bringing the directory into line with what the registry says, one planned batch of people at a time."""

from collections import defaultdict
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from app.core.bulk import table_of
from app.directory.imports import newcomers
from app.directory.imports.registry_plan import Changes, Values
from app.directory.listing_services import refresh_listings
from app.directory.models import Licence, Location, Therapist


def known_npis(session: Session) -> set[bytes]:
    """Every NPI in the directory, as the bytes that stand in the file."""
    npi = table_of(Therapist).c.npi
    return {each.encode() for each in session.scalars(select(npi).where(npi.is_not(None)))}


def apply(session: Session, changes: Changes) -> None:
    """Write a planned batch, and bring the listings of those it touches up to date."""
    if changes.people:
        newcomers.insert(session, changes.people, changes.their_licences, changes.their_locations)
    if changes.touched:
        _write(session, changes)
        refresh_listings(session, changes.touched)


def _write(session: Session, changes: Changes) -> None:
    if changes.licences_gone:
        session.execute(delete(Licence).where(Licence.id.in_(changes.licences_gone)))
    newcomers.insert_values(session, Licence, changes.licences)
    newcomers.insert_values(session, Location, changes.locations)
    for model, rows in (
        (Therapist, changes.people_changed),
        (Licence, changes.licences_renamed),
        (Location, changes.locations_changed),
    ):
        _update(session, model, rows)


def _update(session: Session, model: Any, rows: list[Values]) -> None:
    by_columns: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for row in rows:
        by_columns[tuple(sorted(row.keys() - {"id"}))].append(
            {"at": row["id"], **{f"to_{k}": v for k, v in row.items() if k != "id"}}
        )
    for columns, values in by_columns.items():
        table = table_of(model)
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("at"))
            .values({name: bindparam(f"to_{name}") for name in columns}),
            values,
        )
