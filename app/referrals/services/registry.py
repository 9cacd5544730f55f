"""The registry's word on doctors' NPIs: taken from a file of the registry, or from the directory's own import."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory.imports.people import Enumerated, PeopleScan
from app.directory.imports.registry import MASSAGE
from app.directory.imports.registry_run import MEMBERS, REGISTRY_FILE
from app.directory.imports.runs import Job, recorded
from app.directory.imports.sources import opened
from app.directory.models import Therapist
from app.referrals.models import Doctor, RegistryEntry
from app.referrals.queries import entry_of
from app.referrals.registry import doubts


def import_doctors(job: Job, path: Path) -> dict[str, int]:
    """Look up every doctor's NPI in a registry file and keep what it says of those, and of nobody else."""
    with recorded(job, "doctors", path.name) as counts:
        with job.transaction() as session:
            npis = set(session.scalars(select(Doctor.npi).where(Doctor.user_id.is_not(None))))
        with opened(path, MEMBERS, REGISTRY_FILE) as source:
            sought = {npi.encode() for npi in npis}
            scan = PeopleScan(source, sought, job.rejects, job.begin("reading", source.size))
            passed = scan.run()
        rejected = job.rejects.count
        counts.update(rows=sum(passed.values()) + len(scan.found) + rejected, rejected=rejected)
        counts.update(doctors=len(npis), found=len(scan.found), not_in_file=len(npis) - len(scan.found))
        with job.transaction() as session:
            changed = _keep(session, npis, scan, path.name)
            counts.update(changed=changed, in_doubt=_in_doubt(session, npis))
            if job.dry_run:
                session.rollback()
    return dict(counts)


def _keep(session: Session, npis: set[str], scan: PeopleScan, file_name: str) -> int:
    """Write what was found, and who is absent from a whole file; how many entries say something new."""
    at, known = now(), {row.npi: row for row in session.scalars(select(RegistryEntry))}
    missing = npis - scan.found.keys() if scan.everybody_until else set()
    absent = [Enumerated(npi, False, "", "", "", (), scan.everybody_until) for npi in missing]
    changed = 0
    for one in (*scan.found.values(), *absent):
        standing = "active" if one.active else "deactivated" if one.npi in scan.found else "absent"
        changed += _note(session, known.get(one.npi), one, standing, file_name, at)
    forget_unclaimed(session)
    return changed


def _note(
    session: Session, row: RegistryEntry | None, one: Enumerated, standing: str, file_name: str, at: datetime
) -> bool:
    """Bring an entry up to date, unless it knows better already; whether it says something new.

    Of a deactivated NPI the registry drops the name, so what it said before is kept.
    """
    if row is not None and row.as_of and one.as_of and one.as_of < row.as_of:
        return False
    if row is None:
        row = RegistryEntry(npi=one.npi)
        session.add(row)
    facts = {"standing": standing, "as_of": one.as_of}
    if one.active:
        facts |= {
            "kind": one.kind,
            "name": one.name,
            "other_name": one.other_name,
            "taxonomies": ",".join(one.taxonomies),
        }
    if all(getattr(row, name) == value for name, value in facts.items()):
        return False
    for name, value in {**facts, "file_name": file_name[:255], "read_at": at}.items():
        setattr(row, name, value)
    session.flush()
    return True


def _in_doubt(session: Session, npis: set[str]) -> int:
    query = select(Doctor, RegistryEntry).join(RegistryEntry, RegistryEntry.npi == Doctor.npi)
    rows = session.execute(query.where(Doctor.npi.in_(npis)))
    return sum(bool(doubts(doctor.name, entry_of(row))) for doctor, row in rows)


def note_from_directory(session: Session, npi: str, at: datetime) -> None:
    """What the directory's own import of the registry says of an NPI that no file was searched for yet."""
    if session.get(RegistryEntry, npi) is not None:
        return
    query = select(Therapist).where(Therapist.npi == npi, Therapist.origin != "self")
    known = session.scalars(query).first()
    if known is not None:
        one = Enumerated(npi, known.registry_active, "person", known.name, "", (MASSAGE,), known.registry_updated_on)
        _note(session, None, one, "active" if one.active else "deactivated", "", at)


def forget_unclaimed(session: Session) -> None:
    """Keep no entry of an NPI that no doctor claims any more."""
    session.flush()
    claimed = exists().where(Doctor.npi == RegistryEntry.npi, Doctor.user_id.is_not(None))
    session.execute(delete(RegistryEntry).where(~claimed), execution_options={"synchronize_session": False})
