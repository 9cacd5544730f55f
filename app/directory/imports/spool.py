"""Rows that were read wait here, on disk, until the whole file is known to be good: so nothing is half-imported."""

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Row = TypeVar("Row")

BATCH = 4000
"""Rows per batch, which is also rows per commit: short transactions, few of them."""


IN_MEMORY = 3
"""Batches that wait in memory; only those beyond go to the disk."""


class Spool(Generic[Row]):
    """A queue, written whole and then read in batches. Memory holds a few batches, a temporary file the rest."""

    def __init__(self, batch: int | None = None) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._batch = batch or BATCH
        self._rows: list[Row] = []
        self._first: list[list[Row]] = []
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, row: Row) -> None:
        self.count += 1
        self._rows.append(row)
        if len(self._rows) >= self._batch:
            self._flush()

    def batches(self) -> Iterator[list[Row]]:
        self._flush()
        self._file.seek(0)
        left = self.count - sum(map(len, self._first))
        while self._first:
            yield self._first.pop(0)
        while left:
            rows: list[Row] = pickle.load(self._file)  # noqa: S301 - our own file, without a name
            left -= len(rows)
            yield rows

    def _flush(self) -> None:
        if self._rows and len(self._first) < IN_MEMORY:
            self._first.append(self._rows)
            self._rows = []
        elif self._rows:
            pickle.dump(self._rows, self._file, pickle.HIGHEST_PROTOCOL)
            self._rows = []
