"""The search over blocks finds what a plain CSV reader finds, wherever values break lines and blocks end."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.directory.imports import blocks
from app.directory.imports.registry import Registered
from app.directory.imports.registry_scan import Scan
from app.directory.imports.rejects import Rejects
from app.directory.imports.sources import Source
from tests.directory.imports import files

NASTY = st.sampled_from(
    ["", "x", '"', ',""', '""\n', "\n", "\n\n", "a, b", 'said "hi"', files.MASSAGE, f'","{files.MASSAGE}","', "é",
     f'\n"{files.npi(3)}","1","', f"\n{files.npi(3)},1,", f"\n{files.npi(2)},,", "x" * 700]
)  # fmt: skip
KINDS = (files.massage_therapist, files.somebody_else, files.organization, files.deactivated)
ROW = st.tuples(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(["street", "unit", "certified"]), NASTY))
ENTITIES = {"1": "other_individuals", "2": "organizations", "": "deactivated_not_ours"}
WHOLE = {"quoted": files.quoted, "windows": lambda rows: files.quoted(rows, end="\r\n"), "bare": files.resaved}


def scanned(content: bytes, known: set[bytes], block: int) -> tuple[dict[str, int], list[tuple[int, str]], int]:
    """How many passed by kind, line and NPI of those taken, how many were rejected."""
    taken: list[Registered] = []
    rejects = Rejects()
    stream: Any = io.BufferedReader(io.BytesIO(content))  # type: ignore[type-var]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        source = Source("invented.csv", len(content), stream, "a file")
        passed = Scan(source, known, taken.append, rejects, lambda position: None).run()
    return passed, [(row.line, row.npi) for row in taken], rejects.count


def read_plainly(content: bytes, known: set[bytes]) -> tuple[dict[str, int], list[tuple[int, str]], int]:
    reader = csv.reader(io.StringIO(content.decode(), newline=""))
    codes = [at for at, name in enumerate(next(reader)) if name.startswith("Healthcare Provider Taxonomy Code_")]
    passed, taken, line = dict.fromkeys(ENTITIES.values(), 0), [], 2
    for row in reader:
        entity = row[1].removesuffix(".0")
        ours = entity == "1" and files.MASSAGE in [row[at] for at in codes]
        if ours or (row[0].encode() in known and entity != "2"):
            taken.append((line, row[0]))
        else:
            passed[ENTITIES[entity]] += 1
        line = reader.line_num + 1
    return passed, taken, 0


@settings(max_examples=150)
@given(
    rows=st.lists(ROW, min_size=1, max_size=12),
    known=st.sets(st.integers(0, 12)),
    block=st.integers(4000, 9000),
    edition=st.sampled_from(sorted(WHOLE)),
    last_newline=st.booleans(),
)
def test_any_whole_file_gives_what_a_plain_reader_gives(
    rows: list[tuple[Any, dict[str, str]]], known: set[int], block: int, edition: str, last_newline: bool
) -> None:
    """Only where values are bare can one look like the beginning of a row: there a line of it is taken for one."""
    made = [make(number) | values for number, (make, values) in enumerate(rows)]
    if edition == "bare":
        made = [{name: value.replace("\n1", "\n") for name, value in row.items()} for row in made]
    content = WHOLE[edition](made)
    content = content if last_newline else content.rstrip(b"\r\n")
    npis = {files.npi(number).encode() for number in known}
    assert scanned(content, npis, block) == read_plainly(content, npis)
    assert scanned(content, set(), block) == read_plainly(content, set())


@pytest.mark.parametrize("place", range(6))
def test_a_row_cut_anywhere_costs_only_itself(place: int) -> None:
    lines = files.quoted([files.massage_therapist(number) for number in range(6)]).split(b"\n")
    for cut in (13, 20, 200, 900, len(lines[1]) - 1):
        broken = [*lines]
        broken[place + 1] = broken[place + 1][:cut]
        if place == 5:
            broken.insert(7, lines[6].replace(files.npi(5).encode(), files.npi(7).encode()))
        passed, taken, rejected = scanned(b"\n".join(broken), set(), 1 << 19)
        assert (sum(passed.values()), len(taken), rejected) == (0, len(broken) - 3, 1), cut


def test_a_line_longer_than_any_block_costs_only_itself() -> None:
    lines = files.quoted([files.massage_therapist(number) for number in range(3)]).split(b"\n")
    lines[2] = lines[2].replace(b"100 EXAMPLE ST", b"Z" * 20_000)
    _, taken, rejected = scanned(b"\n".join(lines), set(), 4000)
    assert ([line for line, _ in taken], rejected) == ([2, 4], 1)
