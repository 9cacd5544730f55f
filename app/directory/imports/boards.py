"""State boards as data: each `rosters/*.toml` says how one board's file is written. A new board is a new file there.

jurisdiction     ISO 3166-2; also the file's name
delimiter        between values; `quoted` whether values may be in quotes; `closing` whether rows end with one more
encoding         tried when a file is not UTF-8
header           column names, for a file that comes without them
columns.*        the names that a column has had, in any edition; `number` and (`last` or `name`) must be there
only             conditions that make a row a massage therapist's: any of `columns` fits any of `words`
statuses         columns that say the licence's state; one ending in ? refines, and is ignored when not understood
words            the board's own words, as shell patterns, before the common ones of `statuses.py`
by_expiry        the board has no status column: active until the day of expiry
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from app.core.errors import Invalid
from app.directory.licences import LicenceStatus

FOLDER = Path(__file__).parent / "rosters"


@dataclass(frozen=True)
class Condition:
    columns: tuple[str, ...]
    words: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True)
class Board:
    """How one board writes its roster."""

    jurisdiction: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    only: tuple[Condition, ...]
    dates: tuple[str, ...]
    delimiter: str = ","
    quoted: bool = True
    closing: bool = False
    encoding: str = "utf-8"
    members: tuple[str, ...] = ("*.csv", "*.txt")
    header: tuple[tuple[str, ...], ...] = ()
    name_order: str = "last, first"
    statuses: tuple[str, ...] = ()
    words: Mapping[str, LicenceStatus] = field(default_factory=dict)
    by_expiry: bool = False

    @property
    def expected(self) -> str:
        first = [self.columns[each][0] for each in ("number", "last", "name", "expires") if each in self.columns]
        return (
            f"the roster of the {self.name} with the columns {', '.join(map(repr, first))} (or the zip that holds it)"
        )

    def date(self, cell: str) -> date | None:
        """A date in one of the board's ways, or ISO; None for nothing and for nonsense."""
        text = cell.strip()
        for pattern in self.dates:
            try:
                padded = text.zfill(8) if pattern == "%m%d%Y" and text.isdigit() else text
                return datetime.strptime(padded, pattern).date()  # noqa: DTZ007 - a day, not an instant
            except ValueError:
                continue
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            return None


def board(jurisdiction: str) -> Board:
    """The board of a jurisdiction; Invalid names those that there are."""
    found = boards().get(jurisdiction.strip().upper())
    if found is None:
        raise Invalid(f"no roster layout for {jurisdiction!r}; there are {', '.join(sorted(boards()))}", field="board")
    return found


@cache
def boards() -> Mapping[str, Board]:
    """Every board with a mapping, by jurisdiction."""
    found = [_board(tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.toml"))]
    return {each.jurisdiction: each for each in found}


def _board(facts: dict[str, Any]) -> Board:
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in facts.items()}
    plain["columns"] = {name: tuple(names) for name, names in facts["columns"].items()}
    plain["header"] = tuple(tuple(names) for names in facts.get("header", ()))
    plain["words"] = {pattern: LicenceStatus(word) for pattern, word in facts.get("words", {}).items()}
    plain["only"] = tuple(
        Condition(tuple(each["columns"]), tuple(each["words"]), each.get("required", True)) for each in facts["only"]
    )
    return Board(**plain)
