"""A service at a location, with all that booking it needs to know: one statement, plain tuples."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.clock import now as this_moment
from app.core.errors import NotFound
from app.core.statements import Asked, Statement
from app.directory.listing import listing_day
from app.directory.listing_models import Listing
from app.directory.models import Location, Service, Therapist
from app.scheduling.models import SchedulingSettings
from app.scheduling.quanta import Interval, quanta_in
from app.scheduling.timeline import booking_window


class Bookable(NamedTuple):
    """One service at one location. Buffers, notice, cut-offs and travel are minutes."""

    therapist_id: int
    service_id: int
    location_id: int
    time_zone: str
    country: str
    home_visit: bool
    service_name: str
    minutes: int
    buffer_before: int
    buffer_after: int
    price_cents: int | None
    currency: str
    booking_mode: str
    minimum_notice: int
    horizon_days: int
    grid_minutes: int
    accept_hours: int
    cancel_cutoff: int
    reschedule_cutoff: int
    travel_minutes: int
    most_open_requests: int

    def window(self, now: datetime) -> Interval:
        """The quanta in which a visit may start."""
        return booking_window_of(now, self.minimum_notice, self.horizon_days)

    @property
    def lead(self) -> int:
        return quanta_in(self.buffer_before)

    @property
    def trail(self) -> int:
        """Quanta from the start to the end of the buffer after."""
        return quanta_in(self.minutes) + quanta_in(self.buffer_after)


def booking_window_of(now: datetime, minimum_notice: int, horizon_days: int) -> Interval:
    """The quanta in which a visit may start, under a therapist's settings (minutes, days)."""
    return booking_window(now, timedelta(minutes=minimum_notice), timedelta(days=horizon_days))


def setting(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """A setting, or its default for a therapist without a row."""
    default: Any = column.property.columns[0].default
    return func.coalesce(column, literal(default.arg))


SETTINGS = (
    SchedulingSettings.minimum_notice,
    SchedulingSettings.horizon_days,
    SchedulingSettings.grid_minutes,
    SchedulingSettings.accept_hours,
    SchedulingSettings.cancel_cutoff,
    SchedulingSettings.reschedule_cutoff,
    SchedulingSettings.travel_minutes,
    SchedulingSettings.most_open_requests,
)
TODAY: BindParameter[int] = bindparam("listing_day", callable_=lambda: listing_day(this_moment()).toordinal())
"""Judged anew each time a statement runs: licences end by their date, and pages that nobody confirms by theirs."""

OFFERED: Select[*tuple[Any, ...]] = (
    select(
        Therapist.id,
        Service.id,
        Location.id,
        Location.time_zone,
        Location.country,
        Service.home_visit,
        Service.name,
        Service.minutes,
        Service.buffer_before,
        Service.buffer_after,
        Service.price_cents,
        Therapist.currency,
        Therapist.booking_mode,
        *(setting(column) for column in SETTINGS),
    )
    .join_from(Service, Therapist, Service.therapist_id == Therapist.id)
    .join(Location, Location.therapist_id == Therapist.id)
    .outerjoin(SchedulingSettings, SchedulingSettings.therapist_id == Therapist.id)
    .where(Service.active, Location.active, Service.home_visit == (Location.kind == "home_visits"))
)
"""What its therapist can enter and move by hand, also while nobody can book it here."""

BOOKABLE = OFFERED.join(Listing, (Listing.therapist_id == Therapist.id) & (Listing.location_id == Location.id)).where(
    Listing.bookable_until >= TODAY,
    Therapist.claimed,
    ~Therapist.hidden,
    Therapist.registry_active,
    Therapist.booking_mode != "none",
)
"""What everybody can book: only what is listed, with a licence for that very place (`directory.listing`)."""

_ONE = BOOKABLE.where(Service.id == bindparam("service"), Location.id == bindparam("location"))
_OWN = OFFERED.where(Service.id == bindparam("service"), Location.id == bindparam("location"))
ONE, ONE_LOCKED = Statement(_ONE), Statement(_ONE.with_for_update(of=Therapist))
OWN, OWN_LOCKED = Statement(_OWN), Statement(_OWN.with_for_update(of=Therapist))


def bookables(
    session: Session, service_id: int, location_id: int | None = None, *, by_owner: bool = False
) -> list[Bookable]:
    """The places where a service can be booked; none when it is not on offer. `by_owner`: by hand, by the therapist."""
    query = (OFFERED if by_owner else BOOKABLE).where(Service.id == service_id).order_by(Location.id)
    if location_id is not None:
        query = query.where(Location.id == location_id)
    return [Bookable._make(row) for row in session.execute(query)]


def bookable(
    session: Session, service_id: int, location_id: int, *, lock: bool = False, by_owner: bool = False
) -> Bookable:
    """One service at one location; NotFound when it is not on offer there (another therapist's, say).

    `lock` takes the therapist's row until the transaction ends (PostgreSQL; SQLite has one writer anyway).
    """
    return bookable_in(ask_bookable(session, service_id, location_id, lock=lock, by_owner=by_owner))


def ask_bookable(
    session: Session, service_id: int, location_id: int, *, lock: bool = False, by_owner: bool = False
) -> Asked:
    """What `bookable_in` makes one service at one location of; the words as for `bookable`."""
    query = (OWN_LOCKED if lock else OWN) if by_owner else (ONE_LOCKED if lock else ONE)
    return query.ask(session, {"service": service_id, "location": location_id})


def bookable_in(asked: Asked) -> Bookable:
    found = asked.rows()
    if not found:
        raise NotFound("This treatment cannot be booked there any more.", code="not-bookable")
    return Bookable._make(found[0])
