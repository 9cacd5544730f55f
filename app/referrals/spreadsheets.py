"""CSV that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable, Sequence

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so is read as a formula (OWASP, CSV injection); the wide forms are folded by some."""


def safe(value: object) -> str:
    """A cell as text: an apostrophe before what could be a formula, line breaks as spaces."""
    text = " ".join(str("" if value is None else value).replace("\x00", "").splitlines())
    return f"'{text}" if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as UTF-8 with a byte order mark (or spreadsheets read accents wrongly), every cell quoted."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe(each) for each in header])
    writer.writerows([safe(each) for each in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
