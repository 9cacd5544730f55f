"""What the registry says of a few people, whoever they are: found in the same file, by the same reading."""

import re
from collections.abc import Sequence, Set
from datetime import date
from typing import NamedTuple

from app.directory.imports import cleaning
from app.directory.imports.registry import SLOTS, BadRow, standing_of
from app.directory.imports.registry_scan import Progress, RowScan
from app.directory.imports.rejects import Rejects
from app.directory.imports.sources import Source

_NAMES = (
    "NPI",
    "Entity Type Code",
    "Provider Last Name (Legal Name)",
    "Provider First Name",
    "Provider Middle Name",
    "Provider Name Suffix Text",
    "Provider Other Last Name",
    "Provider Other First Name",
    "Provider Other Middle Name",
    "Provider Organization Name (Legal Business Name)",
    "Last Update Date",
    "NPI Deactivation Date",
    "NPI Reactivation Date",
    *(f"Healthcare Provider Taxonomy Code_{slot}" for slot in SLOTS),
    *(f"Healthcare Provider Primary Taxonomy Switch_{slot}" for slot in SLOTS),
)
_TAXONOMIES, _PRIMARY = slice(13, 28), slice(28, 43)
_EVERYBODY = re.compile(r"npidata_pfile_20050523-([0-9]{8})")
"""A full file is named for the day on which the registry began and the day of the newest row; a weekly file for its week."""


class Enumerated(NamedTuple):
    """Who has an NPI. Of a deactivated one the registry gives neither kind nor names nor taxonomies.

    `kind` is person, organization or "". `other_name` is a former or professional name. The primary taxonomy is first.
    """

    npi: str
    active: bool
    kind: str
    name: str
    other_name: str
    taxonomies: tuple[str, ...]
    as_of: date | None


class PeopleScan(RowScan):
    """Everybody whose NPI is known. `everybody_until` is the day up to which the file holds whoever has an NPI, if it does."""

    names = _NAMES
    organizations = True

    def __init__(self, source: Source, known: Set[bytes], rejects: Rejects, progress: Progress) -> None:
        super().__init__(source, known, rejects, progress)
        self.found: dict[str, Enumerated] = {}
        full = _EVERYBODY.search(source.name.lower())
        self.everybody_until = cleaning.registry_date(full[1]) if full else None

    def _deliver(self, values: Sequence[str], width: int, line: int, record: bytes) -> None:
        cells, npi, entity = self._reader.checked(values, width)
        if npi.encode() not in self._known:
            self._pass(record)
            return
        self._once(npi, line)
        self.found[npi] = _enumerated(cells, npi, entity)


def _enumerated(cells: tuple[str, ...], npi: str, entity: str) -> Enumerated:
    active, as_of = standing_of(entity, *cells[10:13])
    if not active:
        return Enumerated(npi, False, "", "", "", (), as_of)
    if entity == "2":
        return Enumerated(npi, True, "organization", cleaning.plain(cells[9])[:160], "", _taxonomies(cells), as_of)
    last, first, middle, suffix, *other = map(cleaning.proper, cells[2:9])
    if not last:
        raise BadRow("no last name")
    former = _joined(other[1], other[2], other[0]) if other[0] else ""
    return Enumerated(npi, True, "person", _joined(first, middle, last, suffix), former, _taxonomies(cells), as_of)


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))[:160]


def _taxonomies(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Each code once, the primary first."""
    pairs = [
        (cleaning.plain(code).upper(), switch) for code, switch in zip(cells[_TAXONOMIES], cells[_PRIMARY], strict=True)
    ]
    ordered = sorted((pair for pair in pairs if pair[0]), key=lambda pair: pair[1].strip().upper() != "Y")
    return tuple(dict.fromkeys(code[:10] for code, _ in ordered))
