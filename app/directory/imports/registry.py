"""The NPPES data file's layout (CMS Readme, exhibit 2-1): which columns we read, and what a row says."""

import re
from collections.abc import Sequence
from datetime import date
from operator import itemgetter
from typing import NamedTuple

from app.directory.imports import cleaning
from app.directory.npi import is_npi

MASSAGE = "225700000X"
"""Massage Therapist in the NUCC taxonomy."""

SLOTS = range(1, 16)

NAMES = (
    "NPI",
    "Entity Type Code",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider Name Suffix Text",
    "Provider Credential Text",
    "Provider First Line Business Practice Location Address",
    "Provider Second Line Business Practice Location Address",
    "Provider Business Practice Location Address City Name",
    "Provider Business Practice Location Address State Name",
    "Provider Business Practice Location Address Postal Code",
    "Provider Business Practice Location Address Country Code (If outside U.S.)",
    "Provider Business Practice Location Address Telephone Number",
    "Last Update Date",
    "NPI Deactivation Date",
    "NPI Reactivation Date",
    "Provider Sex Code",
    *(f"Healthcare Provider Taxonomy Code_{slot}" for slot in SLOTS),
    *(f"Provider License Number_{slot}" for slot in SLOTS),
    *(f"Provider License Number State Code_{slot}" for slot in SLOTS),
)
_OLDER = {"provider sex code": "provider gender code"}
_GENDERS = {"F": "female", "M": "male", "X": "other"}


class Address(NamedTuple):
    """A practice address. `phone` is E.164; `postcode` is 12345 or 12345-6789 in the US, free text elsewhere."""

    street: str
    unit: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str | None


class Registered(NamedTuple):
    """What the registry says of one person. `standing` is active, deactivated or other (no longer a massage therapist)."""

    line: int
    npi: str
    standing: str
    as_of: date | None
    last_name: str
    first_name: str
    name: str
    credentials: str
    gender: str | None
    licences: tuple[tuple[str, str], ...]
    address: Address | None
    masked: int
    stateless: int


class Layout(NamedTuple):
    """Where the columns are in this very file."""

    width: int
    places: tuple[int, ...]


class BadRow(ValueError):
    """The row cannot be used; the text says why."""


def column_key(name: str) -> str:
    """A column's name without case, punctuation and repeated blanks, in which editions differ."""
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def layout_of(header: Sequence[str], names: Sequence[str]) -> Layout:
    """Where a header has the columns of these names, in that order. BadRow names those that it lacks."""
    found = {column_key(name): index for index, name in reversed(list(enumerate(header)))}
    keys = [column_key(name) for name in names]
    places = [found.get(key, found.get(_OLDER.get(key, key), -1)) for key in keys]
    lacking = [name for name, place in zip(names, places, strict=True) if place < 0]
    if lacking:
        more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
        raise BadRow(f"the header has no column {', '.join(repr(name) for name in lacking[:3])}{more}")
    return Layout(len(header), tuple(places))


class Reader:
    """Rows of one file into Registered. `width` is the header's; columns beyond the first `needed` say nothing to us."""

    def __init__(self, layout: Layout) -> None:
        self.width = layout.width
        self.needed = max(layout.places) + 1
        self._pick = itemgetter(*layout.places)

    def read(self, values: Sequence[str], width: int, line: int) -> Registered:
        """What a row of `width` values says, of which the first `needed` are enough. BadRow when it cannot be used."""
        cells, npi, entity = self.checked(values, width)
        return _registered(cells, npi, entity, line)

    def checked(self, values: Sequence[str], width: int) -> tuple[tuple[str, ...], str, str]:
        """The row's columns that are needed, its NPI and its entity type ("1", "2" or ""). The first two are those."""
        if width != self.width:
            raise BadRow(f"{width} values where the header has {self.width} columns")
        cells: tuple[str, ...] = self._pick(values)
        npi = cleaning.unsaved(cells[0])
        if not is_npi(npi):
            raise BadRow(f"{npi[:20]!r} is not an NPI (ten digits with a check digit)")
        entity = cleaning.unsaved(cells[1])
        if entity not in ("", "1", "2"):
            raise BadRow(f"entity type {entity[:20]!r} is none of 1, 2 and empty")
        return cells, npi, entity


class Standing(NamedTuple):
    """Whether an NPI is in use, by the row's dates; `as_of` is the newest of them."""

    active: bool
    as_of: date | None


def standing_of(entity: str, updated: str, deactivated: str, reactivated: str) -> Standing:
    """From the entity type and the three dates as they stand in the file. BadRow when they make no sense together."""
    ended, again = cleaning.registry_date(deactivated), cleaning.registry_date(reactivated)
    as_of = max(filter(None, (cleaning.registry_date(updated), ended, again)), default=None)
    if not entity and not ended:
        raise BadRow("no entity type and no deactivation date")
    return Standing(not (ended and (again is None or again < ended)), as_of)


def _registered(cells: Sequence[str], npi: str, entity: str, line: int) -> Registered:
    active, as_of = standing_of(entity, *cells[14:17])
    if not active:
        return _without_practice(line, npi, "deactivated", as_of)
    slots = [slot for slot, code in enumerate(cells[18:33]) if code == MASSAGE]
    if entity != "1" or not slots:
        return _without_practice(line, npi, "other", as_of)
    last = cleaning.proper(cells[2])
    if not last:
        raise BadRow("no last name")
    first, middle, suffix = map(cleaning.proper, cells[3:6])
    given = (first, f"{middle[:1]}." if middle else "", last, suffix)
    licences, masked, stateless = _licences(cells, slots)
    return Registered(
        line, npi, "active", as_of, last[:80], first[:80], " ".join(filter(None, given))[:160],
        cleaning.plain(cells[6])[:80], _GENDERS.get(cells[17].strip().upper()),
        licences, address_of(cells[7:14]), masked, stateless,
    )  # fmt: skip


def _without_practice(line: int, npi: str, standing: str, as_of: date | None) -> Registered:
    return Registered(line, npi, standing, as_of, "", "", "", "", None, (), None, 0, 0)


def _licences(cells: Sequence[str], slots: Sequence[int]) -> tuple[tuple[tuple[str, str], ...], int, int]:
    """The licences in these slots, then how many numbers were masked and how many came without a state."""
    kept: dict[tuple[str, str], None] = {}
    masked = stateless = 0
    for slot in slots:
        raw = cells[33 + slot]
        if not raw.strip():
            continue
        number, state = cleaning.licence_number(cleaning.unsaved(raw)), cleaning.state(cells[48 + slot])
        masked += number is None
        stateless += number is not None and state is None
        if number and state:
            kept[f"US-{state}", number] = None
    return tuple(kept), masked, stateless


def address_of(cells: Sequence[str]) -> Address | None:
    """An address from street, unit, city, state, postcode, country and phone; None when it names no town."""
    street, unit, city, region, postcode, country_cell, phone = cells
    country = cleaning.plain(country_cell).upper() or "US"
    town = cleaning.proper(city)
    if not town or len(country) != 2:
        return None
    at_home = country == "US"
    return Address(
        cleaning.proper(street)[:120],
        cleaning.proper(unit)[:120],
        town[:80],
        (cleaning.state(region) or region.strip().upper() if at_home else cleaning.proper(region))[:40],
        (cleaning.zip_code(postcode) if at_home else cleaning.unsaved(postcode))[:20],
        country,
        cleaning.phone(phone, country),
    )
