"""A board's roster onto the licences we hold, from beginning to end."""

from pathlib import Path

from app.directory.imports import roster_apply
from app.directory.imports.boards import Board
from app.directory.imports.roster_scan import Finding, scan_roster
from app.directory.imports.runs import Job, recorded
from app.directory.imports.sources import opened
from app.directory.imports.spool import Spool


def import_roster(job: Job, path: Path, board: Board) -> dict[str, int]:
    """A board's roster onto the licences we hold; rows by outcome. ImportRefused leaves the directory as it was."""
    with Spool[Finding](500) as spool, recorded(job, board.jurisdiction, path.name) as counts:
        with job.transaction() as session:
            ours = roster_apply.licences_of(session, board.jurisdiction)
        with opened(path, board.members, board.expected) as source:
            progress = job.begin("reading", source.size)
            counts.update(scan_roster(source, board, ours, spool.add, job.rejects, progress))
        counts["rejected"] = job.rejects.count
        show, saved = job.begin("saving", spool.count), 0
        for batch in spool.batches():
            with job.transaction() as session:
                counts.update(roster_apply.apply(session, batch, board, path.name, job.actor, dry_run=job.dry_run))
            saved += len(batch)
            show(saved)
    return dict(counts)
