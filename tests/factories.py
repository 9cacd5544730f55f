"""Invented rows for tests."""

import itertools
from typing import Any

from sqlalchemy.orm import Session

from app.directory.models import Licence, Location, Service, Therapist, TherapistSpecialty

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
