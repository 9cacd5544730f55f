"""Files that are small enough for every row to be taken apart: the boards' rosters, the registry's second file."""

import csv
from collections.abc import Callable, Iterator
from typing import Any

from app.directory.imports.sources import Source

LONGEST_LINE = 1 << 17
"""In bytes; as much as one value may have for the library that takes rows apart."""


def rows(source: Source, decode: Callable[[bytes], str], **dialect: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row's first physical line, counted from 1, and its values.

    ImportRefused for what cannot be such a file, and for one that is cut short: its last row is not as wide as its first
    and has no end, or a quote in it is never closed and has taken in all that followed.
    """
    last = b""

    def lines() -> Iterator[str]:
        nonlocal last
        while line := source.stream.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE or b"\0" in line:
                why = "holds a zero byte" if b"\0" in line else f"is longer than {LONGEST_LINE:,} bytes"
                raise source.refusal(f"line {reader.line_num + 1} {why}")
            last = line
            yield decode(line)

    reader, first, width = csv.reader(lines(), **dialect), 1, 0
    values: list[str] = []
    try:
        for values in reader:
            width = width or len(values)
            begins, first = first, reader.line_num + 1
            yield begins, values
    except (csv.Error, UnicodeDecodeError) as error:
        why = "is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else f"cannot be read ({error})"
        raise source.refusal(f"line {reader.line_num + 1} {why}") from error
    if 0 < len(values) < width and (first - begins > 1 or not last.endswith(b"\n")):
        raise source.refusal(f"the file ends in the middle of the row on line {begins}")
