"""Invented therapists whose time everybody wants."""

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy.orm import Session

from app.directory.models import Licence, Location, Service, Therapist
from app.directory.services import refresh_listings
from app.doors.database import transaction
from app.scheduling import queries, safety, services
from app.scheduling.hours import OpeningHours

MODES = ("request", "instant")
NO_TO_ALL = {question.id: False for question in safety.QUESTIONS}


def populate(app: Flask, count: int, now: datetime) -> tuple[list[tuple[int, int]], list[str], dict[str, bool]]:
    """(services and locations, `count` times free for all of them, answers that let a person book)."""
    with app.app_context(), transaction() as session:
        made = [open_therapist(session, mode, mode, now) for mode in MODES]
        offers = [(service.id, one.locations[0].id) for one in made for service in one.services]
        free = [
            {each.starts_at for each in queries.free_times(session, service, now, now + timedelta(days=4), now)}
            for service, _ in offers
        ]
        times = sorted(set.intersection(*free))[-count:]
    return offers, [at.isoformat() for at in times], NO_TO_ALL


def populate_many(app: Flask, therapists: int, days: int, now: datetime) -> list[tuple[int, int, str]]:
    """(service, location, start): every hour of so many days, of so many therapists."""
    with app.app_context(), transaction() as session:
        made = [open_therapist(session, MODES[n % 2], f"{MODES[n % 2]}-{n}", now) for n in range(therapists)]
        free = []
        for one in made:
            first, last = now + timedelta(days=2), now + timedelta(days=2 + days)
            times = queries.free_times(session, one.services[0].id, first, last, now)
            free += [(one.services[0].id, one.locations[0].id, each.starts_at.isoformat()) for each in times]
    return [each for each in free if each[2][14:16] == "00"]


def open_therapist(session: Session, mode: str, name: str, now: datetime, buffers: int = 0) -> Therapist:
    """Open every day from eight to eight, bookable at once and at every quarter of an hour."""
    one = _therapist(mode, name)
    one.services[0].buffer_before = one.services[0].buffer_after = buffers
    session.add(one)
    session.flush()
    refresh_listings(session, [one.id])
    services.set_scheduling(session, one.id, {"grid_minutes": 15, "minimum_notice": 0}, now)
    weekly = [OpeningHours(day, 8 * 60, 20 * 60) for day in range(7)]
    services.set_hours(session, one.id, one.locations[0].id, weekly, now)
    return one


def _therapist(mode: str, name: str) -> Therapist:
    one = Therapist(
        slug=f"stressa-{name}", name=f"Stressa {name}", last_name=name, claimed=True, booking_mode=mode,
        email=f"{name}@example.test",
    )  # fmt: skip
    one.licences.append(
        Licence(
            jurisdiction="US-TX", number=f"MT-{name}", number_key=name, name_key=name, status="active",
            checked_how="registry",
        )
    )  # fmt: skip
    one.locations.append(Location(city="Austin", region="TX", lat=30.27, lon=-97.74, time_zone="America/Chicago"))
    one.services.append(Service(name="Massage", minutes=60, price_cents=9000))
    one.services.append(Service(name="Long massage", minutes=90, price_cents=12000, buffer_before=10, buffer_after=15))
    return one
