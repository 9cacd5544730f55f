"""Opening what a person hands us: a CSV or the zip that holds it. What cannot be the right file is refused in words."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any, cast

from app.core.errors import Invalid

BUFFER = 1 << 16
_HEAD = 1 << 14
_MAGIC = {
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"BZh": "a bzip2 archive; unpack it first",
    b"7z\xbc\xaf": "a 7-Zip archive; unpack it first",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an Excel workbook; save it as CSV (UTF-8)",
    b"SQLite format 3": "a SQLite database",
}


class ImportRefused(Invalid):
    """The file is not what was expected. Nothing of it has been imported."""

    code = "import-refused"


@dataclass(frozen=True)
class Source:
    """An open file, at its first line. `size` is in bytes after unpacking; `expected` says what it should be."""

    name: str
    size: int
    stream: "BufferedReader[Any]"
    expected: str

    def refusal(self, found: str) -> ImportRefused:
        return ImportRefused(f"{self.name}: {found}. Expected {self.expected}. Nothing was imported.")


@contextmanager
def opened(path: Path, members: tuple[str, ...], expected: str) -> Iterator[Source]:
    """The text file at `path`, or the one member of that zip whose name fits `members` (shell patterns, no case)."""
    try:
        with path.open("rb") as file:
            zipped = file.read(4).startswith(b"PK\x03\x04") or path.suffix.lower() == ".zip"
        with _unzipped(path, members, expected) if zipped else _plain(path, expected) as source:
            _refuse_what_is_no_text(source)
            yield source
    except OSError as error:
        raise ImportRefused(
            f"{path.name}: cannot be read ({error.strerror or error}). Expected {expected}. Nothing was imported."
        ) from error


@contextmanager
def _plain(path: Path, expected: str) -> Iterator[Source]:
    with path.open("rb", buffering=0) as raw, BufferedReader(cast("Any", raw), BUFFER) as stream:
        yield Source(path.name, path.stat().st_size, stream, expected)


@contextmanager
def _unzipped(path: Path, members: tuple[str, ...], expected: str) -> Iterator[Source]:
    broken = f"{path.name}: the zip is cut short or damaged. Expected {expected}. Nothing was imported."
    try:
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, members, path.name, expected)
            with archive.open(member) as raw, BufferedReader(cast("Any", raw), BUFFER) as stream:
                yield Source(f"{path.name}:{member.filename}", member.file_size, stream, expected)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ImportRefused(broken) from error
    except NotImplementedError as error:
        raise ImportRefused(
            f"{path.name}: the zip is packed in a way not known here ({error}); unpack it first. Nothing was imported."
        ) from error
    except RuntimeError as error:
        if "encrypted" not in str(error) and "password" not in str(error):
            raise
        raise ImportRefused(
            f"{path.name}: the zip has a password. Expected {expected}. Nothing was imported."
        ) from error


def _member(archive: zipfile.ZipFile, patterns: tuple[str, ...], name: str, expected: str) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and not info.filename.startswith("__MACOSX/")]
    fitting = [info for info in files if _fits(info.filename, patterns)]
    if len(fitting) == 1:
        return fitting[0]
    shown = ", ".join(info.filename for info in files[:8]) or "nothing"
    found = "several such files" if fitting else "no such file"
    raise ImportRefused(f"{name}: the zip holds {found} (it holds {shown}). Expected {expected}. Nothing was imported.")


def _fits(filename: str, patterns: tuple[str, ...]) -> bool:
    base = PurePosixPath(filename.replace("\\", "/")).name.lower()
    return "fileheader" not in base and any(fnmatch(base, pattern) for pattern in patterns)


def _refuse_what_is_no_text(source: Source) -> None:
    head = source.stream.peek(_HEAD)[:_HEAD]
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if not start:
        raise source.refusal("the file is empty")
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            raise source.refusal(f"the file is {kind}")
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<!--")):
        raise source.refusal("the file is a web page, perhaps an error page saved in its place")
    if start.startswith((b"{", b"[")):
        raise source.refusal("the file is JSON")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or _every_other_is_zero(head):
        raise source.refusal("the file is UTF-16; save it as CSV UTF-8")
    if b"\r" in head[:-1] and b"\n" not in head:
        raise source.refusal("every line ends with CR alone, as old Macintosh programs write; save it with line feeds")
    if b"\0" in head or sum(byte < 9 for byte in head) > len(head) // 100:
        raise source.refusal("the file is binary, not text")


def _every_other_is_zero(head: bytes) -> bool:
    """As Latin text is in UTF-16; programs and pictures have zeros anywhere."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    return min(even, odd) == 0 and max(even, odd) > len(head) // 4
