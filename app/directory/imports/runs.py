"""Imports from beginning to end. The door lends `transaction`: each batch is one, so the work can be stopped between."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory.imports import registry_apply, roster_apply, secondary
from app.directory.imports.boards import Board
from app.directory.imports.models import ImportRun
from app.directory.imports.points import Points
from app.directory.imports.registry import Address, Registered
from app.directory.imports.registry_scan import Scan
from app.directory.imports.rejects import Rejects
from app.directory.imports.roster_scan import Finding, scan_roster
from app.directory.imports.sources import opened
from app.directory.imports.spool import Spool

REGISTRY_FILE = "the NPPES data file (npidata_pfile_…csv with its header row), or the zip that holds it"
MEMBERS = ("npidata_pfile*.csv",)
_OUTCOMES = (
    "rows", "added", "updated", "unchanged", "reactivated", "deactivated", "no_longer_massage", "older_than_ours",
    "other_individuals", "organizations", "deactivated_not_ours", "rejected",
    "licences_added", "licence_numbers_masked", "licences_without_state", "locations", "locations_rejected", "locations_without_coordinates",
)  # fmt: skip
_ROWS = _OUTCOMES[1:12]

Transaction = Callable[[], AbstractContextManager[Session]]
Begin = Callable[[str, int], Callable[[int], None]]
"""Shows the progress of a step (its name, its size); returns what tells it the position."""


@dataclass(frozen=True)
class Job:
    """What every import needs from its door. A dry run plans everything and writes nothing."""

    transaction: Transaction
    actor: str
    rejects: Rejects
    begin: Begin = lambda name, size: lambda position: None
    dry_run: bool = False


def import_registry(job: Job, path: Path, locations: Path | None = None) -> dict[str, int]:
    """NPPES into the directory; rows by outcome. ImportRefused leaves the directory as it was."""
    with _settled_heap(), Spool[Registered]() as spool, recorded(job, "nppes", path.name) as counts:
        with job.transaction() as session:
            known, points = registry_apply.known_npis(session), Points()
        counts.update(dict.fromkeys(_OUTCOMES, 0))
        others = _read_registry(job, path, locations, known, spool, counts)
        show = job.begin("saving", spool.count)
        saved = 0
        for batch in spool.batches():
            counts.update(_save(job, batch, points, others))
            saved += len(batch)
            show(saved)
        counts["rows"] = sum(counts[name] for name in _ROWS)
    return dict(counts)


def _read_registry(
    job: Job, path: Path, locations: Path | None, known: set[bytes], spool: Spool[Registered], counts: Counter[str]
) -> dict[str, tuple[Address, ...]] | None:
    ours: set[str] = {npi.decode() for npi in known} if locations else set()

    def take(row: Registered) -> None:
        spool.add(row)
        counts["licence_numbers_masked"] += row.masked
        counts["licences_without_state"] += row.stateless
        if locations:
            ours.add(row.npi)

    with opened(path, MEMBERS, REGISTRY_FILE) as source:
        counts.update(Scan(source, known, take, job.rejects, job.begin("reading", source.size)).run())
    counts["rejected"] = job.rejects.count
    if locations is None:
        return None
    with opened(locations, secondary.MEMBERS, secondary.EXPECTED) as source:
        found = secondary.addresses(source, ours, job.rejects)
    counts["locations_rejected"] = job.rejects.count - counts["rejected"]
    return found


def _save(
    job: Job, batch: list[Registered], points: Points, others: dict[str, tuple[Address, ...]] | None
) -> Counter[str]:
    with job.transaction() as session:
        changes = registry_apply.plan(session, batch, points, others)
        if not job.dry_run:
            registry_apply.apply(session, changes)
    return changes.counts


def import_roster(job: Job, path: Path, board: Board) -> dict[str, int]:
    """A board's roster onto the licences we hold; rows by outcome. ImportRefused leaves the directory as it was."""
    with Spool[Finding](500) as spool, recorded(job, board.jurisdiction, path.name) as counts:
        with job.transaction() as session:
            ours = roster_apply.licences_of(session, board.jurisdiction)
        with opened(path, board.members, board.expected) as source:
            progress = job.begin("reading", source.size)
            counts.update(scan_roster(source, board, ours, spool.add, job.rejects, progress))
        counts["rejected"] = job.rejects.count
        for batch in spool.batches():
            with job.transaction() as session:
                counts.update(roster_apply.apply(session, batch, board, path.name, job.actor, dry_run=job.dry_run))
    return dict(counts)


@contextmanager
def _settled_heap() -> Iterator[None]:
    """Keep the garbage collector from walking the whole application again and again while many rows are made."""
    gc.freeze()
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


@contextmanager
def recorded(job: Job, kind: str, file_name: str) -> Iterator[Counter[str]]:
    """Keep the run in the history, whatever becomes of it."""
    counts: Counter[str] = Counter()
    if job.dry_run:
        yield counts
        return
    run = ImportRun(kind=kind, file_name=file_name[:255], actor=job.actor, started_at=now(), counts={})
    with job.transaction() as session:
        session.add(run)
        session.flush()
        number = run.id
    outcome = "failed"
    try:
        yield counts
        outcome = "finished"
    except KeyboardInterrupt:
        outcome = "stopped"
        raise
    finally:
        with job.transaction() as session:
            kept = session.get_one(ImportRun, number)
            kept.outcome, kept.finished_at, kept.counts = outcome, now(), dict(counts)
