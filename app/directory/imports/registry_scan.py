"""Reading the registry's file at nearly the speed of reading lines.

Of nine million rows one in a hundred matters, so a row is only taken apart when its bytes hold the massage taxonomy,
or when its NPI is one we know (an update, a deactivation). The quick test trusts a line only when it begins and ends
as a whole row does; every other line is put together by its quotes, so values may hold line breaks.
"""

import csv
import re
from collections.abc import Callable, Set
from itertools import islice

from app.directory.imports.registry import MASSAGE, BadRow, Reader, Registered, layout_of
from app.directory.imports.rejects import Rejects
from app.directory.imports.sources import Source

_MARK = MASSAGE.encode()
_STRIDE = 16384
_FIRST_TAXONOMY = 47
_LONGEST_ROW = 1 << 17
_ROW_START = re.compile(rb'"?([12][0-9]{9})(?:\.0)?"?,"?([12]?)(?:\.0)?"?,')
_QUOTE = ord('"')
_PASSED = {b"1": "other_individuals", b"2": "organizations", b"": "deactivated_not_ours"}

Take = Callable[[Registered], None]
Progress = Callable[[int], None]


class Scan:
    """One pass over the file. `take` gets the rows that matter; `known` are the NPIs we have, as bytes."""

    def __init__(self, source: Source, known: Set[bytes], take: Take, rejects: Rejects, progress: Progress) -> None:
        self._source, self._known, self._give, self._rejects, self._progress = source, known, take, rejects, progress
        self._passed = dict.fromkeys(_PASSED.values(), 0)
        self._joined = 0
        self._first_line: dict[str, int] = {}

    def run(self) -> dict[str, int]:
        """Read it all; how many rows were not ours, and why. ImportRefused for the wrong file and for one cut short."""
        self._read_header()
        stream = self._source.stream
        self._quoted = stream.peek(1)[:1] == b'"'
        step = self._quoted_lines if self._quoted else self._bare_lines
        line = 1
        while read := step(line):
            line += read
            self._progress(stream.tell())
        if line == 1:
            raise self._source.refusal("the file has a header and no rows")
        return self._passed

    def _read_header(self) -> None:
        line = self._source.stream.readline(_LONGEST_ROW)
        try:
            layout = layout_of(next(csv.reader([line.decode("utf-8-sig")]), []))
        except UnicodeDecodeError as error:
            raise self._source.refusal("the header is not UTF-8 text") from error
        except (BadRow, csv.Error) as error:
            raise self._source.refusal(str(error)) from error
        self._width = layout.width
        self._reader = Reader(layout)
        self._close = b'"\r\n' if line.endswith(b"\r\n") else b'"\n'

    def _quoted_lines(self, before: int) -> int:
        """The next lines of the kind that CMS publishes, every value quoted: "1234567893","1",… Returns how many."""
        known, close, shortest = self._known, self._close, 3 * self._width
        close_empty = b',""' + close[1:]
        tail, tail_empty = -len(close), -len(close_empty)
        individuals = organizations = deactivated = 0
        number = before
        for number, line in enumerate(islice(self._source.stream, _STRIDE), before + 1):
            kind = line[11:16]
            if len(line) < shortest or not (
                line[tail_empty:] == close_empty or (line[tail:] == close and line[tail - 1] != _QUOTE)
            ):
                self._put_together(line, number + self._joined)
            elif kind == b'","1"':
                if line.find(_MARK, _FIRST_TAXONOMY) < 0 and not (known and line[1:11] in known):
                    individuals += 1
                else:
                    self._examine(line, number + self._joined)
            elif kind == b'","2"':
                organizations += 1
            elif kind == b'","",' and line[1:11] not in known:
                deactivated += 1
            else:
                self._put_together(line, number + self._joined)
        self._pass(individuals, organizations, deactivated)
        return number - before

    def _bare_lines(self, before: int) -> int:
        """The next lines of the re-saved kind, quotes only where needed: 1234567893,1.0,… Returns how many."""
        known, shortest = self._known, self._width
        individuals = organizations = deactivated = 0
        number = before
        for number, line in enumerate(islice(self._source.stream, _STRIDE), before + 1):
            whole = line[-1:] == b"\n" and len(line) >= shortest and not (b'"' in line and line.count(b'"') % 2)
            kind = line[10:12]
            if whole and kind == b",1":
                if line.find(_MARK, _FIRST_TAXONOMY) < 0 and not (known and line[:10] in known):
                    individuals += 1
                else:
                    self._examine(line, number + self._joined)
            elif whole and kind == b",2":
                organizations += 1
            elif whole and kind == b",," and line[:10] not in known:
                deactivated += 1
            else:
                self._put_together(line, number + self._joined)
        self._pass(individuals, organizations, deactivated)
        return number - before

    def _pass(self, individuals: int, organizations: int, deactivated: int) -> None:
        for name, more in zip(_PASSED.values(), (individuals, organizations, deactivated), strict=True):
            self._passed[name] += more

    def _put_together(self, line: bytes, at: int) -> None:
        """A line that does not look like a whole row: join what its quotes hold together, then examine it."""
        while line.strip():
            record, first = line, at
            line = b""
            while record.count(b'"') % 2 and not line:
                following = self._source.stream.readline(_LONGEST_ROW)
                if not following:
                    raise self._source.refusal(f"the file ends in the middle of the row on line {first}")
                self._joined += 1
                at += 1
                if _ROW_START.match(following) or len(record) > _LONGEST_ROW:
                    line = following
                else:
                    record += following
            if line:
                self._rejects.add(first, "a quoted value is never closed", record)
            else:
                self._examine(record, first)

    def _examine(self, record: bytes, at: int) -> None:
        """Take a whole row apart: ours is given on, the rest is counted or rejected."""
        quotes = record.count(b'"')
        if quotes % 2:
            self._put_together(record, at)
            return
        try:
            self._deliver(self._reader.read(self._values(record, quotes), at), record)
        except (BadRow, csv.Error, UnicodeDecodeError) as error:
            if not record.endswith(b"\n") and not self._source.stream.peek(1):
                raise self._source.refusal(f"the file ends in the middle of the row on line {at}") from error
            reason = "not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
            self._rejects.add(at, reason, record)

    def _values(self, record: bytes, quotes: int) -> list[str]:
        text = record.decode("utf-8")
        if self._quoted and quotes == 2 * self._width:
            values = text.rstrip("\r\n")[1:-1].split('","')
            if len(values) == self._width:
                return values
        return next(csv.reader([text], strict=True))

    def _deliver(self, registered: Registered, record: bytes) -> None:
        npi = registered.npi
        if npi.encode() not in self._known and registered.standing != "active":
            match = _ROW_START.match(record)
            self._passed[_PASSED[match[2] if match else b""]] += 1
            return
        earlier = self._first_line.setdefault(npi, registered.line)
        if earlier != registered.line:
            raise BadRow(f"NPI {npi} is already on line {earlier}")
        self._give(registered)
