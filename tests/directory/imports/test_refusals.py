"""Files that are not what was expected are refused in words, and leave the directory as it was."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.imports.sources import ImportRefused
from app.directory.models import Therapist
from tests.directory.imports import files
from tests.directory.imports.conftest import Import
from tests.directory.imports.files import massage_therapist, written

GOOD = files.quoted([massage_therapist(number) for number in range(50)])
DATA = "npidata_pfile_20250101-20250107.csv"

WRONG = {
    "empty": (b"", "empty"),
    "blank": (b"\n\n  \n", "empty"),
    "header only": (files.quoted([]), "no rows"),
    "half a header": (GOOD[:3000], "header has no column"),
    "headerless": (GOOD.split(b"\n", 1)[1], "header has no column 'NPI'"),
    "another table": (b"name,town\nTesta,Austin\n", "header has no column 'NPI'"),
    "web page": (b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "web page, late": (b"\xef\xbb\xbf\n  <html>", "web page"),
    "json": (b'{"results": []}', "JSON"),
    "utf-16": (GOOD.decode().encode("utf-16"), "UTF-16"),
    "utf-16 without mark": (GOOD.decode().encode("utf-16-le"), "UTF-16"),
    "latin-1 header": (b"\xe9" + GOOD, "not UTF-8"),
    "binary": (bytes(range(256)) * 100, "binary"),
    "program": (b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0\x3e\0\x01\0\0\0" * 90, "binary"),
    "gzip": (gzip.compress(GOOD), "gzip"),
    "workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Excel"),
    "lines end with CR alone": (GOOD.replace(b"\n", b"\r"), "CR alone"),
    "cut in a value": (GOOD[:-500], "ends in the middle"),
    "cut between values": (GOOD[: GOOD.rindex(b',"",""')], "ends in the middle"),
    "cut when re-saved": (files.resaved([massage_therapist(1), massage_therapist(2)])[:-40], "ends in the middle"),
}


def refused(registry: Import, session: Session, path: Path) -> str:
    with pytest.raises(ImportRefused) as refusal:
        registry(path)
    assert session.scalar(select(func.count()).select_from(Therapist)) == 0
    return refusal.value.message


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_file(kind: str, registry: Import, session: Session, tmp_path: Path) -> None:
    content, found = WRONG[kind]
    message = refused(registry, session, written(tmp_path, content))
    assert found in message
    assert "Expected the NPPES data file" in message


def test_a_zip_that_holds_something_else(registry: Import, session: Session, tmp_path: Path) -> None:
    message = refused(registry, session, files.zipped(tmp_path, {"readme.pdf": b"x", "othername_pfile.csv": GOOD}))
    assert "readme.pdf, othername_pfile.csv" in message


def test_a_zip_with_only_the_header_file(registry: Import, session: Session, tmp_path: Path) -> None:
    path = files.zipped(tmp_path, {"npidata_pfile_20250101-20250107_FileHeader.csv": files.quoted([])})
    assert "no such file" in refused(registry, session, path)


def test_a_zip_with_two_data_files(registry: Import, session: Session, tmp_path: Path) -> None:
    path = files.zipped(tmp_path, {f"a/{DATA}": GOOD, f"b/{DATA}": GOOD})
    assert "several" in refused(registry, session, path)


def test_a_zip_cut_short(registry: Import, session: Session, tmp_path: Path) -> None:
    path = files.zipped(tmp_path, {DATA: GOOD})
    path.write_bytes(path.read_bytes()[:-100])
    assert "cut short or damaged" in refused(registry, session, path)


def test_a_zip_with_a_flipped_bit(registry: Import, session: Session, tmp_path: Path) -> None:
    path = files.zipped(tmp_path, {DATA: GOOD})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert "damaged" in refused(registry, session, path)


def patched(folder: Path, at_local: int, at_central: int, change: Callable[[int], int]) -> Path:
    """A zip with a byte changed in both of its member's headers, which begin PK."""
    path = files.zipped(folder, {DATA: GOOD})
    content = bytearray(path.read_bytes())
    for start, at in ((b"PK\3\4", at_local), (b"PK\1\2", at_central)):
        place = content.index(start) + at
        content[place] = change(content[place])
    path.write_bytes(content)
    return path


def test_a_zip_with_a_password(registry: Import, session: Session, tmp_path: Path) -> None:
    assert "password" in refused(registry, session, patched(tmp_path, 6, 8, lambda flags: flags | 1))


def test_a_zip_packed_in_an_unknown_way(registry: Import, session: Session, tmp_path: Path) -> None:
    """As the archiver of Windows packs what is larger than two gigabytes: Deflate64."""
    assert "unpack it first" in refused(registry, session, patched(tmp_path, 8, 10, lambda _: 9))


def test_a_zip_whose_checksum_is_wrong(registry: Import, session: Session, tmp_path: Path) -> None:
    """Every row of it can be read: it is found out at the very end."""
    assert "damaged" in refused(registry, session, patched(tmp_path, 14, 16, lambda byte: byte ^ 1))


def test_no_zip_despite_its_name(registry: Import, session: Session, tmp_path: Path) -> None:
    assert "damaged" in refused(registry, session, written(tmp_path, GOOD, "data.zip"))


def test_wrong_secondary_locations(registry: Import, session: Session, tmp_path: Path) -> None:
    main, other = written(tmp_path, GOOD), written(tmp_path, b"a,b\n1,2\n", "pl.csv")
    with pytest.raises(ImportRefused, match="practice location file"):
        registry(main, other)
    assert session.scalar(select(func.count()).select_from(Therapist)) == 0
