"""From what a therapist types about a place to what a location needs: point, town, region, zone."""

import re
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.doors.where import locate
from app.places.results import Spot

ZIP = re.compile(r"\b(\d{5})(?:-\d{4})?\b")
TOO_WIDE = frozenset({"state", "country"})


@dataclass(frozen=True, slots=True)
class Placed:
    """Either `facts` for the location, or what to say about it; `choices` are the towns that may be meant."""

    facts: dict[str, Any] | None = None
    problem: str = ""
    choices: tuple[str, ...] = ()


def placed(where: str, street: str = "") -> Placed:
    """The location that a ZIP or a town with its state means."""
    found = locate(where)
    if found.place is None or found.place.kind in TOO_WIDE:
        return Placed(problem=found.note or _("Type a ZIP, or a town with its state, such as “Austin, TX”."))
    if found.alternatives:
        labels = tuple(each.label for each in found.alternatives)
        return Placed(problem=_("There are several places of that name. Choose one."), choices=labels)
    return Placed(facts=_facts(found.place, where, _street_point(street, where)))


def _street_point(street: str, where: str) -> Spot | None:
    """The house itself, where this installation has a geocoder that knows streets."""
    if not street or current_app.extensions["geocoder"] is None:
        return None
    found = locate(f"{street}, {where}").place
    return found if found and found.kind == "address" else None


def _facts(spot: Spot, where: str, house: Spot | None) -> dict[str, Any]:
    code = ZIP.search(where)
    point = house or spot
    return {
        "city": _town(spot)[:80],
        "region": spot.admin1[:40],
        "country": spot.country or "US",
        "postcode": code[1] if code else "",
        "lat": point.lat,
        "lon": point.lon,
        "time_zone": spot.time_zone,
    }


def _town(spot: Spot) -> str:
    """The town's name, also for a ZIP, whose label is "78704 (Austin, TX)" or the like."""
    name = spot.name if not ZIP.fullmatch(spot.name) else ZIP.sub("", spot.label)
    return name.split(",")[0].strip(" ()·")
