"""Two invented therapists whose time everybody wants."""

from datetime import datetime, timedelta

from flask import Flask

from app.directory.models import Licence, Location, Service, Therapist
from app.doors.database import transaction
from app.scheduling import queries, safety, services
from app.scheduling.hours import OpeningHours

MODES = ("request", "instant")


def populate(app: Flask, count: int, now: datetime) -> tuple[list[tuple[int, int]], list[str], dict[str, bool]]:
    """(services and locations, `count` times free for all of them, answers that let a person book)."""
    with app.app_context(), transaction() as session:
        made = [_therapist(mode) for mode in MODES]
        session.add_all(made)
        session.flush()
        for one in made:
            services.set_scheduling(session, one.id, {"grid_minutes": 15, "minimum_notice": 0}, now)
            weekly = [OpeningHours(day, 8 * 60, 20 * 60) for day in range(7)]
            services.set_hours(session, one.id, one.locations[0].id, weekly, now)
        offers = [(service.id, one.locations[0].id) for one in made for service in one.services]
        free = [
            {each.starts_at for each in queries.free_times(session, service, now, now + timedelta(days=4), now)}
            for service, _ in offers
        ]
        times = sorted(set.intersection(*free))[-count:]
    return offers, [at.isoformat() for at in times], {question.id: False for question in safety.QUESTIONS}


def _therapist(mode: str) -> Therapist:
    one = Therapist(
        slug=f"stressa-{mode}", name=f"Stressa {mode}", last_name=mode, claimed=True, booking_mode=mode,
        email=f"{mode}@example.test",
    )  # fmt: skip
    one.licences.append(
        Licence(
            jurisdiction="US-TX", number=f"MT-{mode}", number_key=mode, name_key=mode, status="active",
            checked_how="registry",
        )
    )  # fmt: skip
    one.locations.append(Location(city="Austin", region="TX", lat=30.27, lon=-97.74, time_zone="America/Chicago"))
    one.services.append(Service(name="Massage", minutes=60, price_cents=9000))
    one.services.append(Service(name="Long massage", minutes=90, price_cents=12000, buffer_before=10, buffer_after=15))
    return one
