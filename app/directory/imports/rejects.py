"""Rows that could not be used: line number, reason, and the beginning of the row, for a person to look at."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from app.core.errors import Invalid

SHOWN = 200
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Rejects:
    """Counts what is rejected; writes it to `path` too, when there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self.count = 0
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        if self._path:
            try:
                self._file = self._path.open("w", encoding="utf-8", newline="")
            except OSError as error:
                raise Invalid(f"{self._path}: rejects cannot be written there ({error.strerror})") from error
            csv.writer(self._file).writerow(("line", "reason", "row"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, line: int, reason: str, row: bytes | str) -> None:
        """Keep one. `line` counts physical lines from 1, the header's."""
        self.count += 1
        self.note(line, reason, row)

    def note(self, line: int, reason: str, row: bytes | str) -> None:
        """Write it down without counting it as rejected."""
        if self._file:
            text = row.decode("utf-8", "replace") if isinstance(row, bytes) else row
            shown = text.rstrip("\r\n")[:SHOWN]
            csv.writer(self._file).writerow((line, reason, f"'{shown}" if shown.startswith(_FORMULA) else shown))
