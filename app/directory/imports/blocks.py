"""Looking at a megabyte of rows at once: no statement of ours runs for a row that does not matter.

A block is *regular* when every line in it begins and ends as a whole row does. Then its rows are counted by kind, and
the few that matter are found, by searches over the block. Lines of any other block must be looked at one by one.
"""

import re
from collections.abc import Set
from io import BufferedReader
from typing import Any, NamedTuple

import stringzilla

BLOCK = 1 << 20
_KEPT = 8
"""Bytes that stay before the window, so that the end of the row before can be seen."""

_INDIVIDUAL = ord("1")
_QUOTED_VALUE = re.compile(rb'"[^"]*"')


class Window:
    """A part of a stream in one buffer, which is used again and again. `start` is where the next line begins.

    `before` is what a good row ends with, for the first to stand behind.
    """

    def __init__(self, stream: "BufferedReader[Any]", before: bytes, size: int = 0) -> None:
        self.buffer = bytearray(_KEPT + (size or BLOCK))
        self.buffer[:_KEPT] = before.rjust(_KEPT)
        self.start = self._end = _KEPT
        self._stream = stream
        self._offset = stream.tell() - _KEPT

    @property
    def position(self) -> int:
        """How far the stream has been taken, in bytes."""
        return self._offset + self.start

    def fill(self) -> int:
        """Slide on and read; where the last whole line in the buffer ends, which is the start when there is none."""
        slide = self.start - _KEPT
        if slide:
            kept = self.buffer[slide : self._end]
            self.start, self._end, self._offset = _KEPT, len(kept), self._offset + slide
            self.buffer[: self._end] = kept
        with memoryview(self.buffer) as view, view[self._end :] as free:
            self._end += self._stream.readinto(free)
        return self.last_line(self._end)

    def last_line(self, limit: int) -> int:
        """Where the last whole line ends that ends by `limit`; the start when there is none."""
        return max(self.start, self.buffer.rfind(b"\n", self.start, min(limit, self._end)) + 1)

    def first_line(self) -> int:
        """Where the next line ends; the start when its end is not in the buffer."""
        return max(self.start, self.buffer.find(b"\n", self.start, self._end) + 1)

    def is_over(self) -> bool:
        """Whether nothing is left, neither here nor in the stream."""
        if self.start == self._end:
            self.fill()
        return self.start == self._end

    def line(self) -> bytes:
        """The next line, and past it; cut when it is longer than the buffer, empty at the end of the file."""
        if self.first_line() == self.start:
            self.fill()
        stop = self.first_line()
        return self.take(stop if stop > self.start else self._end)

    def take(self, stop: int) -> bytes:
        """The bytes up to `stop`, and past them."""
        found = bytes(self.buffer[self.start : stop])
        self.start = stop
        return found


class Kind(NamedTuple):
    """How the rows of a file look. `head` finds a newline with a row behind it and captures the row's key; `entity` does
    the same and captures the key's last byte, which is sooner done.

    A key is the NPI, what separates, and the entity type: 1, 2, or for none the first byte of what follows, `none`.
    It stands `at` bytes into the row and has `width` bytes. `close` are the last bytes of a row.
    """

    head: re.Pattern[bytes]
    entity: re.Pattern[bytes]
    at: int
    width: int
    separator: bytes
    none: bytes
    close: bytes

    @property
    def quoted(self) -> bool:
        return self.at == 1

    def keys(self, npi: bytes) -> tuple[bytes, bytes]:
        """The keys of an individual and of one that was deactivated."""
        return npi + self.separator + b"1", npi + self.separator + self.none

    def all_keys(self, npi: bytes) -> tuple[bytes, ...]:
        """The keys of whoever has this NPI, organizations among them."""
        return (*self.keys(npi), npi + self.separator + b"2")


class Matter(NamedTuple):
    """A row that is to be looked at: where it begins, and how many lines of the block are before it."""

    start: int
    before: int


class Counted(NamedTuple):
    """The rows of a regular block, those that `matter` and by kind the others."""

    rows: int
    individuals: int
    organizations: int
    deactivated: int
    matter: list[Matter]


def quoted_rows(values: int, newline: bytes) -> Kind:
    """Rows as CMS publishes them, every value in quotes: "1234567893","1",…

    A quote that begins a line and stands before a digit cannot be inside a value, where quotes are doubled.
    """
    behind = rb'(?:(?<=[^"]"%b)|(?<=,""%b))' % (newline, newline)
    head, entity = (
        re.compile(rb'\n%b"%b(?s:.{%d})' % (behind, key, 3 * values - 16))
        for key in (rb'([12][0-9]{9}","[12"])', rb'[12][0-9]{9}","([12"])')
    )
    return Kind(head, entity, 1, 14, b'","', b'"', b'"' + newline)


def bare_rows(values: int) -> Kind:
    """Rows as data frames and spreadsheets save them, quotes only where needed: 1234567893,1.0,…"""
    head, entity = (
        re.compile(rb"\n%b(?s:.{%d})" % (key, values - 13))
        for key in (rb"([12][0-9]{9},[12,])", rb"[12][0-9]{9},([12,])")
    )
    return Kind(head, entity, 0, 12, b",", b",", b"\n")


def counted(block: bytearray, start: int, stop: int, kind: Kind, mark: bytes, known: Set[bytes]) -> Counted | None:
    """The rows of block[start:stop], which are whole lines; None when it is not regular.

    Individuals matter when `mark` (unless it is empty) is in their row; rows whose key is `known` do too.
    """
    keys = (kind.head if known else kind.entity).findall(block, start - 1, stop - 1)
    rows = _marked(block, start, stop, kind, mark) if mark else []
    if known and sum(map(known.__contains__, keys)) != sum(_key(block, row, kind) in known for row in rows):
        starts = (match.start() + 1 for match in kind.head.finditer(block, start - 1, stop - 1))
        rows = sorted({*rows, *(row for row, key in zip(starts, keys, strict=True) if key in known)})
    matter, count = _numbered(block, start, stop, rows)
    if len(keys) != count or not _ends_as_rows_do(block, start, stop, kind):
        return None
    every = b"".join(keys)[kind.width - 1 :: kind.width] if known else b"".join(keys)
    these = bytes(block[row + kind.at + kind.width - 1] for row in rows)
    individuals, organizations, deactivated = (
        every.count(each) - these.count(each) for each in (b"1", b"2", kind.none)
    )
    return Counted(count, individuals, organizations, deactivated, matter)


def _numbered(block: bytearray, start: int, stop: int, rows: list[int]) -> tuple[list[Matter], int]:
    """The rows that begin there, and how many lines the block has: each part between two of them is counted once."""
    matter, count, at = [], 0, start
    for row in rows:
        count += lines(block, at, row)
        matter.append(Matter(row, count))
        at = row
    return matter, count + lines(block, at, stop)


def lines(block: bytearray, start: int, stop: int) -> int:
    """How many lines end in block[start:stop]."""
    return int(stringzilla.count(block, b"\n", start, stop))


def _ends_as_rows_do(block: bytearray, start: int, stop: int, kind: Kind) -> bool:
    """Whether no line of the block, all of which begin as rows do, ends inside a value."""
    if kind.quoted:
        last = block.rfind(b"\n", start - 1, stop - 1) + 1
        return block.endswith(kind.close, last, stop) and block.count(b'"', last, stop) % 2 == 0
    if block.find(b'"', start, stop) < 0:
        return True
    values = _QUOTED_VALUE.findall(block, start, stop)
    return 2 * len(values) == block.count(b'"', start, stop) and b"\n" not in b"".join(values)


def _marked(block: bytearray, start: int, stop: int, kind: Kind, mark: bytes) -> list[int]:
    """Where the individuals' rows begin that hold the mark."""
    rows, to_entity = [], kind.at + kind.width - 1
    at = stringzilla.find(block, mark, start, stop)
    while at >= 0:
        row = block.rfind(b"\n", start - 1, at) + 1
        if block[row + to_entity] == _INDIVIDUAL:
            rows.append(row)
        at = stringzilla.find(block, mark, block.find(b"\n", at, stop), stop)
    return rows


def _key(block: bytearray, row: int, kind: Kind) -> bytes:
    return bytes(block[row + kind.at : row + kind.at + kind.width])
