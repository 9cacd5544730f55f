"""The registry's second file, pl_pfile: the practice addresses beyond the first (CMS Readme, exhibit 2-3)."""

import csv
from collections import defaultdict
from collections.abc import Container, Iterator
from io import TextIOWrapper
from operator import itemgetter

from app.directory.imports import cleaning
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


def addresses(source: Source, wanted: Container[str], rejects: Rejects) -> dict[str, tuple[Address, ...]]:
    """The addresses of the wanted NPIs. A row that cannot be read is rejected."""
    found: dict[str, list[Address]] = defaultdict(list)
    for line, npi, cells, raw in _rows(source, rejects):
        if npi not in wanted:
            continue
        address = address_of(cells)
        if any("\udc80" <= character <= "\udcff" for character in raw):
            rejects.add(line, "locations: not UTF-8 text", raw.encode("utf-8", "surrogateescape"))
        elif address is None:
            rejects.add(line, "locations: no town", raw)
        elif address not in found[npi]:
            found[npi].append(address)
    return {npi: tuple(each) for npi, each in found.items()}


def _rows(source: Source, rejects: Rejects) -> Iterator[tuple[int, str, tuple[str, ...], str]]:
    text = TextIOWrapper(source.stream, "utf-8-sig", "surrogateescape", newline="")
    try:
        reader = csv.reader(text)
        header = next(reader, [])
        keys = [column_key(name) for name in header]
        lacking = [name for name in _NAMES if column_key(name) not in keys]
        if lacking:
            raise source.refusal(f"the header has no column {lacking[0]!r}")
        pick = itemgetter(*(keys.index(column_key(name)) for name in _NAMES))
        for values in reader:
            if len(values) == len(header):
                cells = pick(values)
                yield reader.line_num, cleaning.unsaved(cells[0]), cells[1:], ",".join(values)
            elif values:
                reason = f"locations: {len(values)} values where the header has {len(header)} columns"
                rejects.add(reader.line_num, reason, ",".join(values))
    except csv.Error as error:
        raise source.refusal(str(error)) from error
    finally:
        text.detach()
