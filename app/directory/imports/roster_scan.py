"""Finding our licences in a board's roster: state, number and last name must agree; nothing is guessed."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import NamedTuple

from app.core.clock import today
from app.directory.imports import tables
from app.directory.imports.boards import Board
from app.directory.imports.registry import column_key
from app.directory.imports.rejects import Rejects
from app.directory.imports.sources import Source
from app.directory.imports.statuses import meaning, strictest
from app.directory.licences import LicenceStatus
from app.directory.matching import all_digits, is_last_name_of, name_key, number_keys

OUTCOMES = ("rows", "other_professions", "rejected", "not_ours", "name_differs", "ambiguous", "repeated", "matched")
_STRIDE = 20000


class Ours(NamedTuple):
    """A licence that we hold, and what it is recognised by."""

    licence_id: int
    therapist_id: int
    number: str
    name_key: str


class Finding(NamedTuple):
    """What the board says of one licence that we hold."""

    licence_id: int
    status: str
    words: str
    issued_on: date | None
    expires_on: date | None


class Entry(NamedTuple):
    """A roster row of a massage therapist. `prefix` scopes the number; `last` or `name` identifies the person."""

    number: str
    prefix: str
    last: str
    name: str
    status: LicenceStatus
    words: str
    issued_on: date | None
    expires_on: date | None


def scan_roster(
    source: Source,
    board: Board,
    ours: Iterable[Ours],
    take: Callable[[Finding], None],
    rejects: Rejects,
    progress: Callable[[int], None],
) -> Counter[str]:
    """Match every row; give each matched licence's facts on once. Contradictions are reported, not resolved."""
    by_key: dict[str, list[Ours]] = defaultdict(list)
    for each in ours:
        for key in number_keys(each.number):
            by_key[key].append(each)
    counts = Counter(dict.fromkeys(OUTCOMES, 0))
    said: dict[int, tuple[int, set[Finding]]] = {}
    for line, entry in _entries(source, board, rejects, counts, progress):
        licence = _match(entry, by_key, line, rejects, counts)
        if licence is not None:
            facts = Finding(licence.licence_id, entry.status.value, entry.words, entry.issued_on, entry.expires_on)
            counts["repeated"] += licence.licence_id in said
            said.setdefault(licence.licence_id, (line, set()))[1].add(facts)
    for line, findings in said.values():
        _settle(line, findings, take, rejects, counts)
    return counts


def _settle(
    line: int, findings: set[Finding], take: Callable[[Finding], None], rejects: Rejects, counts: Counter[str]
) -> None:
    if len({(each.status, each.expires_on) for each in findings}) > 1:
        counts["ambiguous"] += 1
        words = "; ".join(sorted(f"{each.words} until {each.expires_on}" for each in findings))
        rejects.note(line, "ambiguous: the roster says different things of one licence", words)
        return
    counts["matched"] += 1
    take(min(findings, key=lambda each: (each.words, each.issued_on or date.max)))


def _match(
    entry: Entry, by_key: dict[str, list[Ours]], line: int, rejects: Rejects, counts: Counter[str]
) -> Ours | None:
    near = {each.licence_id: each for key in number_keys(entry.number) for each in by_key.get(key, ())}
    if not near:
        counts["not_ours"] += 1
        return None
    same = [each for each in near.values() if _same_person(entry, each)]
    exact = [each for each in same if all_digits(each.number) == all_digits(entry.number)]
    same = exact or same
    if len({each.therapist_id for each in same}) > 1:
        counts["ambiguous"] += 1
        rejects.note(line, "ambiguous: several of our therapists have this number and last name", entry.number)
        return None
    if not same:
        counts["name_differs"] += 1
        rejects.note(line, "the number is ours, the last name is not", f"{entry.number} {entry.last or entry.name}")
        return None
    return same[0]


def _same_person(entry: Entry, licence: Ours) -> bool:
    if entry.last:
        return name_key(entry.last) == licence.name_key
    return is_last_name_of(licence.name_key, entry.name)


def _entries(
    source: Source, board: Board, rejects: Rejects, counts: Counter[str], progress: Callable[[int], None]
) -> Iterator[tuple[int, Entry]]:
    quoting = csv.QUOTE_MINIMAL if board.quoted else csv.QUOTE_NONE
    rows = tables.rows(source, _decoder(board), delimiter=board.delimiter, quoting=quoting)
    columns, first = _header(source, board, next(rows, (1, [])))
    width = len(columns)
    read = _reader(board, columns)
    for line, values in _with_first(first, rows):
        if not any(values):
            continue
        counts["rows"] += 1
        if line % _STRIDE == 0:
            progress(source.stream.tell())
        if board.closing and len(values) == width + 1 and not values[-1].strip():
            values.pop()
        if len(values) != width:
            rejects.add(
                line, f"{len(values)} values where the header has {width} columns", board.delimiter.join(values)
            )
            continue
        entry = read(values)
        if entry is None:
            counts["other_professions"] += 1
        elif not all_digits(entry.number) or not (entry.last or entry.name):
            rejects.add(line, "no licence number or no name", board.delimiter.join(values))
        else:
            yield line, entry
    if not counts["rows"]:
        raise source.refusal("the file has no rows")


def _with_first(
    first: tuple[int, list[str]] | None, rows: Iterator[tuple[int, list[str]]]
) -> Iterator[tuple[int, list[str]]]:
    if first:
        yield first
    yield from rows


def _decoder(board: Board) -> Callable[[bytes], str]:
    """A file that is not UTF-8 is read in the board's own encoding."""

    def decode(line: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            return line.decode(board.encoding)

    return decode


def _header(
    source: Source, board: Board, first: tuple[int, list[str]]
) -> tuple[list[str], tuple[int, list[str]] | None]:
    """The column keys, and the first row where that is already data."""
    keys = [column_key(name.removeprefix("\ufeff")) for name in first[1]]
    if _lacking(board, keys):
        for names in board.header:
            if len(names) == len(first[1]):
                return [column_key(name) for name in names], first
        raise source.refusal(f"there is no column {_lacking(board, keys)}")
    return keys, None


def _lacking(board: Board, keys: Sequence[str]) -> str:
    """The first needed column that is not there, in words; empty when all are."""
    person = [name for name in ("last", "name") if name in board.columns]
    needed = [["number"], person, *([each] for each in board.statuses if not each.endswith("?"))]
    needed += [list(each.columns) for each in board.only if each.required]
    needed += [["expires"]] if board.by_expiry else []
    for group in needed:
        names = [name for each in group for name in board.columns[each]]
        if not any(column_key(name) in keys for name in names):
            return " or ".join(map(repr, names))
    return ""


def _reader(board: Board, keys: list[str]) -> Callable[[list[str]], Entry | None]:
    """What turns a row into an entry; None for other professions."""
    places = {
        name: next((keys.index(key) for each in names if (key := column_key(each)) in keys), None)
        for name, names in board.columns.items()
    }

    def cell(values: list[str], name: str) -> str:
        place = places.get(name)
        return "" if place is None else values[place].strip()

    def wanted(values: list[str]) -> bool:
        return all(
            any(fnmatchcase(cell(values, each).casefold(), words) for each in one.columns for words in one.words)
            for one in board.only
            if one.required or any(places.get(each) is not None for each in one.columns)
        )

    def read(values: list[str]) -> Entry | None:
        if not wanted(values):
            return None
        name, last = cell(values, "name"), cell(values, "last")
        if name and not last and (board.name_order == "last, first" or "," in name):
            last, name = name.split(",")[0].strip(), ""
        expires = board.date(cell(values, "expires"))
        status, words = _status(board, lambda each: cell(values, each), expires)
        return Entry(
            cell(values, "number"), cell(values, "prefix"), last, name, status, words,
            board.date(cell(values, "issued")), expires,
        )  # fmt: skip

    return read


def _status(board: Board, cell: Callable[[str], str], expires: date | None) -> tuple[LicenceStatus, str]:
    """The normalised status, and the board's own words for it."""
    if board.by_expiry:
        if expires is None:
            return LicenceStatus.UNKNOWN, ""
        return (LicenceStatus.ACTIVE if expires >= today() else LicenceStatus.EXPIRED), f"expires {expires}"
    found: list[LicenceStatus] = []
    for name in board.statuses:
        words = cell(name.rstrip("?"))
        status = meaning(words, board.words)
        if status:
            found.append(status)
        elif words and not name.endswith("?"):
            found = []
            break
    raw = " / ".join(filter(None, (cell(name.rstrip("?")) for name in board.statuses)))
    return strictest(found), raw[:200]
