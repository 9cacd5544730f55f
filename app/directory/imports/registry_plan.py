"""What a batch from the registry would change: it is compared with what we hold, and only what differs is planned.

So a second run changes nothing. What an owner has claimed stays as the owner has it: only the registry's own facts
(active or not, as of when, licences) are kept up.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.bulk import held_values
from app.core.clock import now
from app.directory.imports.points import Points
from app.directory.imports.registry import Address, Registered
from app.directory.imports.secondary import Secondary
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.matching import name_key, number_key
from app.directory.models import Licence, Location, Therapist

_ADDRESS = Address._fields

PRACTICE = "nppes"
SECONDARY = "nppes:"
_NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"

Values = dict[str, Any]

_PERSON = ("first_name", "last_name", "name", "credentials", "gender", "phone")
_REGISTRY = ("registry_active", "registry_updated_on")
_PLACE = (
    "street", "unit", "city", "region", "postcode", "country", "phone", "lat", "lon", "time_zone", "active",
)  # fmt: skip


@dataclass
class Changes:
    """What a batch will write. New people's licences and locations wait for their ids under their NPI."""

    counts: Counter[str] = field(default_factory=Counter)
    people: list[Values] = field(default_factory=list)
    their_licences: list[Values] = field(default_factory=list)
    their_locations: list[Values] = field(default_factory=list)
    people_changed: list[Values] = field(default_factory=list)
    licences: list[Values] = field(default_factory=list)
    licences_renamed: list[Values] = field(default_factory=list)
    licences_gone: list[int] = field(default_factory=list)
    locations: list[Values] = field(default_factory=list)
    locations_changed: list[Values] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)


@dataclass
class Held:
    """What we hold of one person."""

    facts: Values
    licences: list[Values] = field(default_factory=list)
    locations: dict[str, Values] = field(default_factory=dict)


def plan(session: Session, batch: Iterable[Registered], points: Points, secondary: Secondary | None) -> Changes:
    """What a batch changes; reads only. `secondary` are the other practice addresses, None when no such file came."""
    rows = list(batch)
    held = _held(session, held_values(session, Therapist.npi, [row.npi for row in rows]))
    more = secondary.addresses if secondary else {}
    points.prepare(session, (each for row in rows for each in (row.address, *more.get(row.npi, ())) if each))
    changes, made_at = Changes(), _instant(session)
    for row in rows:
        addresses = _addresses(session, row, points, more.get(row.npi, ()), changes.counts)
        ours = held.get(row.npi)
        if ours is None:
            _add(changes, row, addresses, made_at)
        else:
            whole = secondary is not None and row.npi not in secondary.unread
            _bring_up_to_date(changes, row, ours, addresses, whole=whole)
    return changes


def _instant(session: Session) -> Any:
    """Now, as the driver takes it."""
    column: Any = Therapist.__table__.c.created_at
    convert = column.type.bind_processor(session.get_bind().dialect)
    return convert(now()) if convert else now()


def _held(session: Session, npis: set[str]) -> dict[str, Held]:
    if not npis:
        return {}
    columns = ("id", "npi", "claimed", *_PERSON, *_REGISTRY)
    query = select(*(getattr(Therapist, name) for name in columns)).where(Therapist.npi.in_(npis))
    held = {row[1]: Held(dict(zip(columns, row, strict=True))) for row in session.execute(query)}
    by_id = {each.facts["id"]: each for each in held.values()}
    for row in session.execute(
        select(
            Licence.therapist_id,
            Licence.id,
            Licence.jurisdiction,
            Licence.number,
            Licence.checked_how,
            Licence.name_key,
        ).where(Licence.therapist_id.in_(by_id))
    ):
        by_id[row[0]].licences.append(
            dict(zip(("id", "jurisdiction", "number", "checked_how", "name_key"), row[1:], strict=True))
        )
    query = select(
        Location.therapist_id, Location.id, Location.source_key, *(getattr(Location, name) for name in _PLACE)
    )
    for row in session.execute(query.where(Location.therapist_id.in_(by_id), Location.source_key.startswith(PRACTICE))):
        by_id[row[0]].locations[row[2]] = dict(zip(("id", "source_key", *_PLACE), row[1:], strict=True))
    return held


def _add(changes: Changes, row: Registered, addresses: dict[str, Values], made_at: Any) -> None:
    if row.standing != "active":
        changes.counts["deactivated_not_ours" if row.standing == "deactivated" else "other_individuals"] += 1
        return
    changes.counts["added"] += 1
    owner = {"npi": row.npi}
    changes.people.append(
        {
            **_NEW_PERSON,
            **_person(row),
            "npi": row.npi,
            "slug": slug(row.name, row.npi),
            "registry_updated_on": row.as_of,
            "confirmed_on": row.as_of,
            "created_at": made_at,
        }
    )
    changes.their_licences += _licences(owner, row, row.licences, changes.counts)
    changes.their_locations += [{**owner, **_NEW_LOCATION, **values} for values in addresses.values()]


def _person(row: Registered) -> Values:
    return {
        "first_name": row.first_name,
        "last_name": row.last_name,
        "name": row.name,
        "credentials": row.credentials,
        "gender": row.gender,
        "phone": row.address.phone if row.address else None,
    }


_NEW_PERSON: Values = {
    "registry_active": True, "origin": "nppes", "claimed": False, "hidden": False, "booking_mode": "none", "bio": "",
    "photo": None, "currency": "USD", "version": 1,
}  # fmt: skip
_NEW_LICENCE: Values = {
    "kind": "massage therapist", "issuer": "", "status": LicenceStatus.UNKNOWN.value, "status_raw": "",
    "checked_how": CheckedHow.REGISTRY.value,
}  # fmt: skip
_NEW_LOCATION: Values = {
    "kind": "practice", "name": "", "address_public": True, "access_note": "", "radius_km": None, "steps": None,
}  # fmt: skip


def _licences(owner: Values, row: Registered, wanted: Iterable[tuple[str, str]], counts: Counter[str]) -> list[Values]:
    key = name_key(row.last_name)
    made = [
        {
            **owner,
            **_NEW_LICENCE,
            "jurisdiction": jurisdiction,
            "number": number,
            "number_key": number_key(number),
            "name_key": key,
        }
        for jurisdiction, number in wanted
    ]
    counts["licences_added"] += len(made)
    return made


def _bring_up_to_date(
    changes: Changes, row: Registered, ours: Held, addresses: dict[str, Values], *, whole: bool
) -> None:
    facts = ours.facts
    as_of = facts["registry_updated_on"]
    if row.as_of and as_of and row.as_of < as_of:
        changes.counts["older_than_ours"] += 1
        return
    if row.standing != "active":
        _withdraw(changes, row, facts)
        return
    wanted = {"registry_active": True, "registry_updated_on": row.as_of or as_of}
    if not facts["claimed"]:
        wanted |= _person(row)
    changed = _difference(facts, wanted)
    if changed:
        changes.people_changed.append({"id": facts["id"], **changed})
    different = bool(changed)
    different |= _change_licences(changes, row, ours)
    if not facts["claimed"]:
        different |= _change_locations(changes, ours, addresses, whole=whole)
    back = changed.get("registry_active") is True
    changes.counts["reactivated" if back else "updated" if different else "unchanged"] += 1
    if different:
        changes.touched.add(facts["id"])


def _withdraw(changes: Changes, row: Registered, facts: Values) -> None:
    """Deactivated, or no longer a massage therapist: the second is left alone where an owner has claimed it."""
    gone = row.standing == "deactivated"
    if not facts["registry_active"] or (facts["claimed"] and not gone):
        changes.counts["unchanged"] += 1
        return
    changes.counts["deactivated" if gone else "no_longer_massage"] += 1
    changes.people_changed.append(
        {"id": facts["id"], "registry_active": False, "registry_updated_on": row.as_of or facts["registry_updated_on"]}
    )
    changes.touched.add(facts["id"])


def _change_licences(changes: Changes, row: Registered, ours: Held) -> bool:
    """Add what is new; drop what the registry no longer says, unless a board, an owner or an administrator said it."""
    have = {(each["jurisdiction"], each["number"]): each for each in ours.licences}
    new = [each for each in row.licences if each not in have]
    changes.licences += _licences({"therapist_id": ours.facts["id"]}, row, new, changes.counts)
    said_by_registry = [each for each in ours.licences if each["checked_how"] == CheckedHow.REGISTRY]
    gone = [each["id"] for each in said_by_registry if (each["jurisdiction"], each["number"]) not in row.licences]
    changes.licences_gone.extend(gone)
    key = name_key(row.last_name)
    renamed = [each["id"] for each in said_by_registry if each["id"] not in gone and each["name_key"] != key]
    changes.licences_renamed.extend({"id": each, "name_key": key} for each in renamed)
    return bool(new or gone or renamed)


def _change_locations(changes: Changes, ours: Held, addresses: dict[str, Values], *, whole: bool) -> bool:
    """Update in place, add, and put out of use what is gone: rows stay, because other tables may point at them.

    `whole` says that the secondary addresses are known too, so one that is missing is gone.
    """
    gone = [
        have["id"]
        for key, have in ours.locations.items()
        if key not in addresses and have["active"] and (whole or key == PRACTICE)
    ]
    changes.locations_changed.extend({"id": each, "active": False} for each in gone)
    different = bool(gone)
    for key, values in addresses.items():
        have = ours.locations.get(key)
        if have is None:
            changes.locations.append({"therapist_id": ours.facts["id"], **_NEW_LOCATION, **values})
            different = True
        elif changed := _difference(have, values):
            changes.locations_changed.append({"id": have["id"], **changed})
            different = True
    return different


def _difference(have: Values, wanted: Values) -> Values:
    return {name: value for name, value in wanted.items() if have.get(name) != value}


def _addresses(
    session: Session, row: Registered, points: Points, others: Iterable[Address], counts: Counter[str]
) -> dict[str, Values]:
    """The person's locations by source key, from the first address and the others."""
    found: dict[str, Values] = {}
    if row.address:
        found[PRACTICE] = _location(session, PRACTICE, row.address, points)
    for address in others:
        if row.address is None or address[:5] != row.address[:5]:
            key = SECONDARY + blake2b("|".join(address[:6]).encode(), digest_size=8).hexdigest()
            found[key] = _location(session, key, address, points)
    counts["locations"] += len(found)
    counts["locations_without_coordinates"] += [each["lat"] for each in found.values()].count(None)
    return found


def _location(session: Session, key: str, address: Address, points: Points) -> Values:
    point = points.of(session, address)
    lat, lon, zone = point or (None, None, "UTC")
    return {
        "source_key": key,
        **dict(zip(_ADDRESS, address, strict=True)),
        "lat": lat,
        "lon": lon,
        "time_zone": zone,
        "active": True,
    }


def slug(name: str, npi: str) -> str:
    """A page address that is unique by itself: the name and the NPI in base 36."""
    letters = name.lower()
    if not letters.isascii():
        letters = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    words = _NOT_IN_SLUGS.sub("-", letters)
    number, digits = int(npi) - 1_000_000_000, ""
    while number:
        number, rest = divmod(number, 36)
        digits = _ALPHABET[rest] + digits
    return f"{words[:66].strip('-')}-{digits or '0'}"
