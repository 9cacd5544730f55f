"""The registry's second file, pl_pfile: the practice addresses beyond the first (CMS Readme, exhibit 2-3)."""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Set
from operator import itemgetter
from typing import NamedTuple

from app.directory.imports import cleaning, tables
from app.directory.imports.registry import Address, address_of, column_key
from app.directory.imports.rejects import Rejects
from app.directory.imports.sources import Source

EXPECTED = "the NPPES practice location file (pl_pfile_…csv), or the zip that holds it"
MEMBERS = ("pl_pfile*.csv",)

_PREFIX = "Provider Secondary Practice Location Address"
_NAMES = (
    "NPI",
    f"{_PREFIX} Address Line 1",
    f"{_PREFIX} Address Line 2",
    f"{_PREFIX} City Name",
    f"{_PREFIX} State Name",
    f"{_PREFIX} Postal Code",
    f"{_PREFIX} Country Code (If outside U.S.)",
    f"{_PREFIX} Telephone Number",
)


class Secondary(NamedTuple):
    """The addresses by NPI. Who is in `unread` may have more: a row of theirs could not be read."""

    addresses: Mapping[str, tuple[Address, ...]]
    unread: Set[str]


def addresses(source: Source, wanted: Container[str], rejects: Rejects) -> Secondary:
    """The addresses of the wanted NPIs. A row that cannot be read is rejected."""
    found: dict[str, list[Address]] = defaultdict(list)
    unread: set[str] = set()
    for line, npi, cells, raw in _rows(source, rejects, unread):
        if npi not in wanted:
            continue
        address = address_of(cells)
        if any("\udc80" <= character <= "\udcff" for character in raw):
            rejects.add(line, "locations: not UTF-8 text", raw.encode("utf-8", "surrogateescape"))
            unread.add(npi)
        elif address is None:
            rejects.add(line, "locations: no town", raw)
        elif address not in found[npi]:
            found[npi].append(address)
    return Secondary({npi: tuple(each) for npi, each in found.items()}, unread)


def _rows(source: Source, rejects: Rejects, unread: set[str]) -> Iterator[tuple[int, str, tuple[str, ...], str]]:
    rows = tables.rows(source, _decoded)
    _, header = next(rows, (1, []))
    keys = [column_key(name) for name in header]
    lacking = [name for name in _NAMES if column_key(name) not in keys]
    if lacking:
        raise source.refusal(f"the header has no column {lacking[0]!r}")
    npi, *others = (keys.index(column_key(name)) for name in _NAMES)
    pick = itemgetter(*others)
    for line, values in rows:
        if len(values) == len(header):
            yield line, cleaning.unsaved(values[npi]), pick(values), ",".join(values)
        elif values:
            reason = f"locations: {len(values)} values where the header has {len(header)} columns"
            rejects.add(line, reason, ",".join(values))
            unread.update(map(cleaning.unsaved, values[npi : npi + 1]))


def _decoded(line: bytes) -> str:
    """What is not UTF-8 stays recognisable, so that only its row is lost."""
    return line.decode("utf-8", "surrogateescape")
