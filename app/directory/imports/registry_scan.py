"""Reading the registry's file at nearly the speed of reading lines.

Of nine million rows few matter, so a row is only taken apart when its NPI is one we know (an update, a deactivation),
or when its bytes hold a mark, such as the massage taxonomy. Where every line looks like a whole row, whole blocks are
searched; elsewhere each line is put together by its quotes, so values may hold line breaks.
"""

import csv
import re
from collections.abc import Callable, Sequence, Set
from typing import ClassVar

from app.directory.imports.blocks import Kind, Window, bare_rows, counted, quoted_rows
from app.directory.imports.registry import MASSAGE, NAMES, BadRow, Reader, Registered, layout_of
from app.directory.imports.rejects import Rejects
from app.directory.imports.sources import Source

_PIECE = 1 << 16
_LONGEST_ROW = 1 << 17
_ROW_START = re.compile(rb'"?([12][0-9]{9})(?:\.0)?"?,"?([12]?)(?:\.0)?"?,')
_QUOTED_ROW_START = re.compile(rb'"[12][0-9]{9}","[12]?",')
_PASSED = {b"1": "other_individuals", b"2": "organizations", b"": "deactivated_not_ours"}

Take = Callable[[Registered], None]
Progress = Callable[[int], None]


class RowScan:
    """One pass over the file; `known` are the NPIs to look for, as bytes. A subclass says what a row that matters means."""

    names: ClassVar[Sequence[str]]
    """The columns that are needed."""
    mark: ClassVar[bytes] = b""
    """Individuals in whose row these bytes stand matter too, whoever they are."""
    organizations: ClassVar[bool] = False
    """Whether a known NPI matters when it is an organization's."""

    def __init__(self, source: Source, known: Set[bytes], rejects: Rejects, progress: Progress) -> None:
        self._source, self._known, self._rejects, self._progress = source, known, rejects, progress
        self._passed = dict.fromkeys(_PASSED.values(), 0)
        self._lines = 0
        self._first_line: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        """Read it all; how many rows were not ours, and why. ImportRefused for the wrong file and for one cut short."""
        self._kind = self._read_header()
        keys_of = self._kind.all_keys if self.organizations else self._kind.keys
        self._known_keys = {key for npi in self._known for key in keys_of(npi)}
        window = self._window
        while not window.is_over():
            stop = window.fill()
            if not self._count(stop):
                self._take_pieces(window.position + max(stop - window.start, 1))
            self._progress(window.position)
        if self._lines == 1:
            raise self._source.refusal("the file has a header and no rows")
        return self._passed

    def _read_header(self) -> Kind:
        stream = self._source.stream
        line = stream.readline(_LONGEST_ROW)
        try:
            layout = layout_of(next(csv.reader([line.decode("utf-8-sig")]), []), self.names)
        except UnicodeDecodeError as error:
            raise self._source.refusal("the header is not UTF-8 text") from error
        except (BadRow, csv.Error) as error:
            raise self._source.refusal(str(error)) from error
        self._lines = 1
        self._reader = Reader(layout)
        newline = b"\r\n" if line.endswith(b"\r\n") else b"\n"
        self._window = Window(stream, b',""' + newline)
        return quoted_rows(layout.width, newline) if stream.peek(1)[:1] == b'"' else bare_rows(layout.width)

    def _count(self, stop: int) -> bool:
        """Count the whole lines up to `stop` and look at those that matter; False when they are not regular."""
        window, start = self._window, self._window.start
        found = counted(window.buffer, start, stop, self._kind, self.mark, self._known_keys) if stop > start else None
        if found is None:
            return False
        for name, more in zip(_PASSED.values(), found[1:4], strict=True):
            self._passed[name] += more
        buffer, first = window.buffer, self._lines + 1
        for row, before in found.matter:
            self._examine(bytes(buffer[row : buffer.index(b"\n", row) + 1]), first + before)
        self._lines += found.rows
        window.start = stop
        return True

    def _take_pieces(self, until: int) -> None:
        """The lines up to a position in small blocks; one by one in those that are not regular either."""
        window = self._window
        while window.position < until:
            size = min(_PIECE, until - window.position)
            stop = window.last_line(window.start + size)
            if not self._count(stop):
                self._take_lines(window.position + max(stop - window.start, 1))

    def _take_lines(self, until: int) -> None:
        while self._window.position < until:
            if not self._count(self._window.first_line()):
                self._put_together(self._next())

    def _next(self) -> bytes:
        """The next line; of one that is longer than a block, only the beginning."""
        line = self._window.line()
        while not line.endswith(b"\n") and not self._window.is_over():
            line = line[:_LONGEST_ROW] + self._window.line()[-1:]
        self._lines += bool(line)
        return line

    def _put_together(self, line: bytes) -> None:
        """A line that does not look like a whole row: join what its quotes hold together, then examine it."""
        while line.strip():
            first = self._lines
            record, line = self._joined(line)
            self._examine(record, first)

    def _joined(self, line: bytes) -> tuple[bytes, bytes]:
        """The line with those that its quotes hold together with it; after it the line that begins another row all the same."""
        row_start = _QUOTED_ROW_START if self._kind.quoted else _ROW_START
        first, parts, size, is_open = self._lines, [line], len(line), line.count(b'"') % 2
        while is_open:
            following = self._next()
            if not following:
                raise self._source.refusal(f"the file ends in the middle of the row on line {first}")
            if row_start.match(following) or size > _LONGEST_ROW:
                return b"".join(parts), following
            parts.append(following)
            size += len(following)
            is_open ^= following.count(b'"') % 2
        return b"".join(parts), b""

    def _examine(self, record: bytes, at: int) -> None:
        """Take a whole row apart: ours is given on, the rest is counted or rejected."""
        try:
            self._deliver(*self._values(record), at, record)
        except (BadRow, csv.Error, UnicodeDecodeError) as error:
            if not record.endswith(b"\n"):
                raise self._source.refusal(f"the file ends in the middle of the row on line {at}") from error
            reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
            self._rejects.add(at, reason, record)

    def _values(self, record: bytes) -> tuple[list[str], int]:
        """The values, as far as they are needed, and how many there are."""
        text, quotes = record.decode("utf-8"), record.count(b'"')
        if quotes % 2:
            raise BadRow("a quoted value is never closed")
        if "\0" in text:
            raise BadRow("not text: it holds a zero byte")
        width = self._reader.width
        if self._kind.quoted and quotes == 2 * width and text.count('","') == width - 1:
            return text.rstrip("\r\n")[1:-1].split('","', self._reader.needed), width
        values = next(csv.reader([text], strict=True))
        return values, len(values)

    def _deliver(self, values: Sequence[str], width: int, line: int, record: bytes) -> None:
        """Give a row on, or pass it. BadRow when it cannot be used."""
        raise NotImplementedError

    def _pass(self, record: bytes) -> None:
        match = _ROW_START.match(record)
        self._passed[_PASSED[match[2] if match else b""]] += 1

    def _once(self, npi: str, line: int) -> None:
        """BadRow when a line before had this NPI."""
        earlier = self._first_line.setdefault(npi, line)
        if earlier != line:
            raise BadRow(f"NPI {npi} is already on line {earlier}")


class Scan(RowScan):
    """Massage therapists, and whoever is known as one. `take` gets the rows that matter."""

    names = NAMES
    mark = MASSAGE.encode()

    def __init__(self, source: Source, known: Set[bytes], take: Take, rejects: Rejects, progress: Progress) -> None:
        super().__init__(source, known, rejects, progress)
        self._give = take

    def _deliver(self, values: Sequence[str], width: int, line: int, record: bytes) -> None:
        registered = self._reader.read(values, width, line)
        if registered.standing != "active" and (registered.npi.encode() not in self._known or _is_organization(record)):
            self._pass(record)
            return
        self._once(registered.npi, line)
        self._give(registered)


def _is_organization(record: bytes) -> bool:
    match = _ROW_START.match(record)
    return match is not None and match[2] == b"2"
