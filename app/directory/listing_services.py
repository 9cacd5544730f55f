"""Keeps what the finder reads equal to what the directory holds."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, delete, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.bulk import chunks, insert_rows
from app.core.statements import Statement
from app.directory import listing
from app.directory.licences import CheckedHow, LicenceFacts, LicenceStatus
from app.directory.listing import EntryRow, ListingRow
from app.directory.listing_facts import Bound, LocationFacts, ServiceFacts, TherapistFacts, Whole
from app.directory.listing_models import Listing, SearchEntry
from app.directory.models import Licence, Location, Service, Therapist, TherapistLanguage, TherapistSpecialty

Part = TypeVar("Part")
CHUNK = 1000
ENTRY_COLUMNS = tuple(column.name for column in SearchEntry.__table__.columns)
ENTRY_KEY = ("specialty_id", "band", "lon", "lat", "therapist_id", "location_id")


def refresh_listings(session: Session, therapist_ids: Iterable[int]) -> int:
    """Derive the entries and cards of these therapists anew, in the caller's transaction; how many listings there are now.

    Call it after any change to a therapist, licence, location, service, specialty or language. Unknown ids are cleared.
    """
    session.flush()
    return sum(_refresh(session, ids) for ids in chunks(sorted(set(therapist_ids)), CHUNK))


def _refresh(session: Session, ids: list[int]) -> int:
    # Who frees a time meanwhile says so to a listing that is there no more: they wait (PostgreSQL).
    session.execute(_LOCK, {"ids": ids})
    bounds = _clear(session, ids)
    return insert_listings(session, _wholes(session, ids), bounds)


def insert_listings(
    session: Session, wholes: Iterable[Whole], bounds: Mapping[int, Mapping[int, Bound]] = MappingProxyType({})
) -> int:
    """List therapists who have no listing yet and may be shown, of whom all is known; how many listings that makes.

    `bounds` is what is known of their first free times, by therapist and location.
    """
    rows: list[ListingRow] = []
    entries: list[EntryRow] = []
    for whole in wholes:
        whole.bounds = bounds.get(whole.therapist.id, {})
        own_rows, own_entries = listing.listings(whole)
        rows += own_rows
        entries += own_entries
    entries.sort()
    insert_rows(session, _table(Listing), ListingRow._fields, rows)
    insert_rows(session, _table(SearchEntry), ENTRY_COLUMNS, entries)
    return len(rows)


def _table(model: Any) -> Any:
    return model.__table__


def bound_first_times(session: Session, bounds: Mapping[int, Mapping[int, Bound]]) -> None:
    """Say anew, by therapist and location, when a visit might first start; nothing is known until it is said."""
    session.flush()
    for ids in chunks(bounds, CHUNK):
        listings, entries = [], []
        for row in session.connection().execute(_OLD, {"ids": ids}):
            bound = bounds[row.therapist_id].get(row.location_id)
            if bound is not None and bound != row[5:]:
                known = bound._asdict()
                listings.append({**known, "therapist_id": row.therapist_id, "location_id": row.location_id})
                entries += [{**known, **key} for key in _keys(row)]
        for statement, rows in ((_BOUND_LISTING, listings), (_BOUND_ENTRY, entries)):
            if rows:
                statement.run(session, *rows)


def _each(names: Iterable[str], between: str) -> str:
    return between.join(f"{name} = :{name}" for name in names)


_SET = _each(Bound._fields, ", ")
_BOUND_LISTING = Statement(text(f"UPDATE listing SET {_SET} WHERE {_each(ENTRY_KEY[-2:], ' AND ')}"))  # noqa: S608 - only names
_BOUND_ENTRY = Statement(text(f"UPDATE search_entry SET {_SET} WHERE {_each(ENTRY_KEY, ' AND ')}"))  # noqa: S608 - only names
_DELETE_ENTRY = Statement(text(f"DELETE FROM search_entry WHERE {_each(ENTRY_KEY, ' AND ')}"))  # noqa: S608 - only names


_LOCK = (
    select(Therapist.id)
    .where(Therapist.id.in_(bindparam("ids", expanding=True)))
    .order_by(Therapist.id)
    .with_for_update()
)

_OLD = select(
    Listing.entries,
    Listing.lat,
    Listing.lon,
    Listing.therapist_id,
    Listing.location_id,
    Listing.free_base,
    Listing.free_hours,
    Listing.free_later,
    Listing.free_firsts,
    Listing.free_quarters,
    Listing.free_minutes,
    Listing.lead,
    Listing.pace,
).where(Listing.therapist_id.in_(bindparam("ids", expanding=True)))


def _keys(row: Any) -> list[dict[str, Any]]:
    """The keys of a listing's entries."""
    entries, lat, lon, therapist_id, location_id = row[:5]
    each = ((int(key), listing.band_of(lat), lon, lat, therapist_id, location_id) for key in entries.split(","))
    return [dict(zip(ENTRY_KEY, key, strict=True)) for key in each]


def _clear(session: Session, ids: list[int]) -> dict[int, dict[int, Bound]]:
    """Delete listings and entries; what they knew of first free times.

    Entries are deleted by their whole key, which the listing remembers: they need no second index.
    """
    bounds: dict[int, dict[int, Bound]] = defaultdict(dict)
    old = session.execute(_OLD, {"ids": ids}).all()
    if not old:
        return bounds
    for row in old:
        bounds[row.therapist_id][row.location_id] = Bound(*row[5:])
    _DELETE_ENTRY.run(session, *(key for row in old for key in _keys(row)))
    session.execute(
        delete(Listing).where(Listing.therapist_id.in_(ids)), execution_options={"synchronize_session": False}
    )
    return bounds


def _wholes(session: Session, ids: list[int]) -> Iterable[Whole]:
    """Those of the therapists who may be shown, with all their parts: six reads, however many they are."""
    licences = _grouped(_licences(session, ids))
    locations = _grouped((place.therapist_id, place) for place in _locations(session, ids))
    services = _grouped((service.therapist_id, service) for service in _services(session, ids))
    specialties = _grouped(_pairs(session, ids, TherapistSpecialty, TherapistSpecialty.specialty_id))
    languages = _grouped(_pairs(session, ids, TherapistLanguage, TherapistLanguage.language))
    for row in _therapists(session, ids):
        at = row.id
        yield Whole(row, licences[at], locations[at], services[at], specialties[at], languages[at])


def _grouped(pairs: Iterable[tuple[int, Part]]) -> defaultdict[int, list[Part]]:
    groups: defaultdict[int, list[Part]] = defaultdict(list)
    for at, part in pairs:
        groups[at].append(part)
    return groups


def _pairs(
    session: Session, ids: list[int], model: Any, column: InstrumentedAttribute[Any]
) -> Iterable[tuple[int, Any]]:
    rows = session.execute(
        select(model.therapist_id, column).where(model.therapist_id.in_(ids)).order_by(model.therapist_id, column)
    )
    return [(at, value) for at, value in rows]


def _therapists(session: Session, ids: list[int]) -> list[TherapistFacts]:
    columns = [getattr(Therapist, name) for name in TherapistFacts._fields]
    shown: Sequence[ColumnElement[bool]] = (Therapist.hidden.is_(False), Therapist.registry_active.is_(True))
    rows = session.execute(select(*columns).where(Therapist.id.in_(ids), *shown).order_by(Therapist.id))
    return [TherapistFacts(*row) for row in rows]


def _licences(session: Session, ids: list[int]) -> Iterable[tuple[int, tuple[LicenceFacts, str]]]:
    columns = (
        Licence.jurisdiction,
        Licence.number,
        Licence.status,
        Licence.expires_on,
        Licence.checked_how,
        Licence.checked_on,
    )
    rows = session.execute(select(Licence.therapist_id, Licence.issuer, *columns).where(Licence.therapist_id.in_(ids)))
    for at, issuer, jurisdiction, number, status, expires_on, how, checked_on in rows:
        facts = LicenceFacts(jurisdiction, number, LicenceStatus(status), expires_on, CheckedHow(how), checked_on)
        yield at, (facts, issuer)


def _locations(session: Session, ids: list[int]) -> list[LocationFacts]:
    columns = [getattr(Location, name) for name in LocationFacts._fields]
    placed = (Location.active.is_(True), Location.lat.is_not(None), Location.lon.is_not(None))
    rows = session.execute(select(*columns).where(Location.therapist_id.in_(ids), *placed).order_by(Location.id))
    return [LocationFacts(*row) for row in rows]


def _services(session: Session, ids: list[int]) -> list[ServiceFacts]:
    columns = [getattr(Service, name) for name in ServiceFacts._fields]
    offered = (Service.therapist_id.in_(ids), Service.active.is_(True))
    rows = session.execute(select(*columns).where(*offered).order_by(Service.position, Service.id))
    return [ServiceFacts(*row) for row in rows]
