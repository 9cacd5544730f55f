"""Writes fictional therapists into the directory: in bulk, and all or nothing with the caller's transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.orm import Session

from app.core.bulk import chunks, count_ids_on, insert_rows, next_id
from app.core.clock import now, today
from app.core.database import UtcDateTime
from app.core.errors import Conflict, Invalid
from app.directory.demo.people import Draft, people
from app.directory.demo.towns import Town, Zip, served, with_zips
from app.directory.matching import name_key, number_key
from app.directory.models import Licence, Location, Service, Therapist, TherapistLanguage, TherapistSpecialty
from app.directory.services import refresh_listings
from app.places.models import Place

ORIGIN = "demo"
MOST = 1_000_000
BATCH = 5_000
SMALLEST_TOWN = 1_000

Progress = Callable[[int], None]


def load(
    session: Session, *, therapists: int, seed: int = 1, replace: bool = False, progress: Progress = lambda _: None
) -> dict[str, int]:
    """Make fictional therapists and list them. Returns counts. `progress` is told how many more are written.

    Refused on a directory that is not empty; with `replace`, earlier fictional therapists give way and real ones stay.
    """
    if not 1 <= therapists <= MOST:
        raise Invalid(f"--therapists is a number from 1 to {MOST:,}", field="therapists")
    removed = _make_room(session, replace)
    towns = _towns(session, therapists)
    writer = _Writer(session)
    listed = 0
    for batch in chunks(people(seed, towns, therapists, today()), BATCH):
        listed += refresh_listings(session, writer.write(batch))
        progress(len(batch))
    writer.finish()
    return {"therapists": therapists, "listings": listed, "towns": len(towns), "removed": removed}


def is_empty(session: Session) -> bool:
    """Whether the directory holds nobody, real or fictional."""
    return session.scalar(select(Therapist.id).limit(1)) is None


def _make_room(session: Session, replace: bool) -> int:
    count = select(func.count()).select_from(Therapist)
    fictional = session.scalar(count.where(Therapist.origin == ORIGIN)) or 0
    real = (session.scalar(count) or 0) - fictional
    if real + fictional and not replace:
        raise Conflict(
            f"The directory already holds {real + fictional:,} therapists ({fictional:,} of them fictional). "
            "With --replace the fictional ones give way to new ones; the others stay."
        )
    if fictional:
        own = Therapist.origin == ORIGIN
        session.execute(update(Therapist).where(own).values(hidden=True))
        refresh_listings(session, session.scalars(select(Therapist.id).where(own)))
        session.execute(delete(Therapist).where(own))
    return fictional


def _towns(session: Session, therapists: int) -> list[Town]:
    towns = session.execute(
        select(Place.name, Place.admin1, Place.lat, Place.lon, Place.population).where(
            Place.kind == "town", Place.country == "US", Place.population >= SMALLEST_TOWN, Place.admin1 != ""
        )
    ).all()
    zips = session.execute(
        select(Place.name, Place.label, Place.admin1, Place.lat, Place.lon, Place.time_zone)
        .where(Place.kind == "zip", Place.weight >= 2)
        .order_by(Place.id)
    ).all()
    found = with_zips(
        served([Town(*town) for town in towns], therapists),
        [Zip(code, label.rpartition(",")[0], region, lat, lon, zone) for code, label, region, lat, lon, zone in zips],
    )
    if not found:
        raise Conflict("The gazetteer is empty: run `flask --app app places load` first.")
    return found


THERAPIST = ("id", "slug", "npi", "first_name", "last_name", "name", "credentials", "gender", "bio", "phone", "origin",
             "claimed", "hidden", "registry_active", "practising_since", "booking_mode", "currency", "confirmed_on",
             "created_at", "version")  # fmt: skip
LICENCE = ("id", "therapist_id", "jurisdiction", "number", "number_key", "name_key", "kind", "issuer", "status",
           "status_raw", "issued_on", "expires_on", "checked_how", "checked_on")  # fmt: skip
LOCATION = ("id", "therapist_id", "kind", "name", "street", "unit", "city", "region", "postcode", "country", "lat",
            "lon", "time_zone", "radius_km", "address_public", "active", "steps", "parking", "side_lying",
            "table_height", "access_note")  # fmt: skip
SERVICE = ("id", "therapist_id", "name", "description", "minutes", "price_cents", "buffer_before", "buffer_after",
           "home_visit", "active", "position")  # fmt: skip
SPECIALTY = ("therapist_id", "specialty_id", "years")
LANGUAGE = ("therapist_id", "language")

COLUMNS: dict[Any, Sequence[str]] = {
    Therapist: THERAPIST,
    Licence: LICENCE,
    Location: LOCATION,
    Service: SERVICE,
    TherapistSpecialty: SPECIALTY,
    TherapistLanguage: LANGUAGE,
}


@dataclass
class _Writer:
    """Turns drafts into rows and counts ids on; one a load."""

    session: Session
    rows: dict[Any, list[tuple[Any, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dialect = self.session.get_bind().dialect
        self.at = UtcDateTime().process_bind_param(now(), dialect)
        self.ids = {model: next_id(self.session, _table(model)) for model in (Therapist, Licence, Location, Service)}
        self.slugs = set(self.session.scalars(select(Therapist.slug)))
        self.next_number: dict[str, int] = {}

    def write(self, drafts: Sequence[Draft]) -> range:
        first = self.ids[Therapist]
        self.rows = {model: [] for model in COLUMNS}
        for draft in drafts:
            self._add(draft)
        for model, columns in COLUMNS.items():
            insert_rows(self.session, _table(model), columns, self.rows[model])
        return range(first, self.ids[Therapist])

    def finish(self) -> None:
        for model in self.ids:
            count_ids_on(self.session, _table(model))

    def _add(self, draft: Draft) -> None:
        own = self._id(Therapist)
        self.rows[Therapist].append(
            (own, self._slug(draft), draft.npi, draft.first, draft.last, f"{draft.first} {draft.last}",
             draft.credentials, draft.gender, draft.bio, draft.phone, ORIGIN, draft.claimed, False, True, draft.practising_since,
             draft.booking_mode, "USD", draft.confirmed_on, self.at, 1)
        )  # fmt: skip
        for each in draft.licences:
            self.rows[Licence].append(
                (self._id(Licence), own, f"US-{each.region}", each.number, number_key(each.number),
                 name_key(draft.last), "massage therapist", f"{each.region} board of massage therapy",
                 each.status.value, each.status_raw, each.issued_on, each.expires_on, each.checked_how.value,
                 each.checked_on)
            )  # fmt: skip
        for place in draft.locations:
            where = place.spot.zip
            self.rows[Location].append(
                (self._id(Location), own, "practice" if place.radius_km is None else "home_visits", place.name,
                 place.street, place.unit, where.city, where.region, where.code, "US", place.spot.lat, place.spot.lon,
                 where.time_zone, place.radius_km, place.address_public, True, place.steps, place.parking,
                 place.side_lying, place.table_height, place.access_note)
            )  # fmt: skip
        for position, one in enumerate(draft.services):
            self.rows[Service].append(
                (self._id(Service), own, one.name, "", one.minutes, one.price_cents, 0, one.buffer_after,
                 one.home_visit, True, position)
            )  # fmt: skip
        self.rows[TherapistSpecialty].extend((own, specialty, years) for specialty, years in draft.specialties)
        self.rows[TherapistLanguage].extend((own, language) for language in draft.languages)

    def _id(self, model: Any) -> int:
        self.ids[model] += 1
        return self.ids[model] - 1

    def _slug(self, draft: Draft) -> str:
        wanted = f"{draft.first}-{draft.last}".lower()
        slug, number = wanted, self.next_number.get(wanted, 1)
        while slug in self.slugs:
            number += 1
            slug = f"{wanted}-{number}"
        self.next_number[wanted] = number
        self.slugs.add(slug)
        return slug


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table
