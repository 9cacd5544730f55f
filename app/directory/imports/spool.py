"""Rows that were read wait here, on disk, until the whole file is known to be good: so nothing is half-imported."""

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

Row = TypeVar("Row")

BATCH = 2000
"""Rows per batch, which is also rows per commit: short transactions, few of them."""


class Spool(Generic[Row]):
    """A queue in a temporary file, written whole and then read in batches. Memory holds one batch."""

    def __init__(self, batch: int | None = None) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__
        self._batch = batch or BATCH
        self._rows: list[Row] = []
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
        left = self.count
        while left:
            rows: list[Row] = pickle.load(self._file)  # noqa: S301 - our own file, without a name
            left -= len(rows)
            yield rows

    def _flush(self) -> None:
        if self._rows:
            pickle.dump(self._rows, self._file, pickle.HIGHEST_PROTOCOL)
            self._rows = []
