"""Invented rows for tests."""

import itertools
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.directory.models import Licence, Location, Service, Therapist, TherapistSpecialty
from app.directory.services import refresh_listings
from app.scheduling import services as scheduling
from app.scheduling.hours import OpeningHours

_numbers = itertools.count(1)


def therapist(session: Session, **facts: Any) -> Therapist:
    """A listed-worthy therapist in Austin: licence, location, one 60-minute service, lower back pain."""
    number = next(_numbers)
    lat, lon = facts.pop("lat", 30.2672), facts.pop("lon", -97.7431)
    region, zone = facts.pop("region", "TX"), facts.pop("time_zone", "America/Chicago")
    specialty_ids = facts.pop("specialty_ids", (1,))
    one = Therapist(
        **{
            "slug": f"testa-sample-{number}",
            "name": f"Testa Sample {number}",
            "first_name": "Testa",
            "last_name": f"Sample {number}",
            "claimed": True,
            "booking_mode": "request",
            **facts,
        }
    )
    one.licences.append(
        Licence(
            jurisdiction=f"US-{region}",
            number=f"MT{number:06d}",
            number_key=str(number),
            name_key="sample",
            status="active",
            checked_how="registry",
        )
    )
    one.locations.append(Location(city="Austin", region=region, lat=lat, lon=lon, time_zone=zone, postcode="78701"))
    one.services.append(Service(name="Massage", minutes=60, price_cents=9000))
    one.specialties.extend(TherapistSpecialty(specialty_id=each) for each in specialty_ids)
    session.add(one)
    session.flush()
    return one


def practice(session: Session, user_id: int, **facts: Any) -> Therapist:
    """The therapist of an account, open Monday to Friday 9 to 5; the one they have already, if any."""
    known = session.scalars(select(Therapist).where(Therapist.user_id == user_id)).one_or_none()
    if known is not None:
        return known
    facts = {"email": "therapist@example.test", "confirmed_on": clock.today(), **facts}
    one = therapist(session, user_id=user_id, **facts)
    refresh_listings(session, [one.id])
    weekly = [OpeningHours(day, 9 * 60, 17 * 60) for day in range(5)]
    scheduling.set_hours(session, one.id, one.locations[0].id, weekly, clock.now())
    return one
