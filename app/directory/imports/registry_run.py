"""The registry's file into the directory, from beginning to end."""

from collections import Counter
from pathlib import Path

from app.directory.imports import registry_apply, registry_plan, secondary
from app.directory.imports.points import Points
from app.directory.imports.registry import Registered
from app.directory.imports.registry_scan import Scan
from app.directory.imports.runs import Job, recorded
from app.directory.imports.sources import opened
from app.directory.imports.spool import Spool

REGISTRY_FILE = "the NPPES data file (npidata_pfile_…csv with its header row), or the zip that holds it"
MEMBERS = ("npidata_pfile*.csv",)
OUTCOMES = (
    "rows", "added", "updated", "unchanged", "reactivated", "deactivated", "no_longer_massage", "older_than_ours",
    "other_individuals", "organizations", "deactivated_not_ours", "rejected",
    "licences_added", "licence_numbers_masked", "licences_without_state", "locations", "locations_rejected", "locations_without_coordinates",
)  # fmt: skip
_ROWS = OUTCOMES[1:12]


def import_registry(job: Job, path: Path, locations: Path | None = None) -> dict[str, int]:
    """NPPES into the directory; rows by outcome. ImportRefused leaves the directory as it was."""
    with Spool[Registered]() as spool, recorded(job, "nppes", path.name) as counts:
        with job.transaction() as session:
            known, points = registry_apply.known_npis(session), Points()
        counts.update(dict.fromkeys(OUTCOMES, 0))
        others = _read_registry(job, path, locations, known, spool, counts)
        show, saved = job.begin("saving", spool.count), 0
        for batch in spool.batches():
            counts.update(_save(job, batch, points, others))
            saved += len(batch)
            show(saved)
        counts["rows"] = sum(counts[name] for name in _ROWS)
    return dict(counts)


def _read_registry(
    job: Job, path: Path, locations: Path | None, known: set[bytes], spool: Spool[Registered], counts: Counter[str]
) -> secondary.Secondary | None:
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


def _save(job: Job, batch: list[Registered], points: Points, others: secondary.Secondary | None) -> Counter[str]:
    with job.transaction() as session:
        changes = registry_plan.plan(session, batch, points, others)
        if not job.dry_run:
            registry_apply.apply(session, changes)
    return changes.counts
