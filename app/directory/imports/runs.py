"""What every import shares. The door lends `transaction`: each batch is one, so the work can be stopped between."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.core.bulk import table_of
from app.core.clock import now
from app.directory.imports.models import ImportRun
from app.directory.imports.rejects import Rejects

_RUN = table_of(ImportRun)
"""Plain rows: the first object of any class would tie all classes of the house together, for a fiftieth of a second."""

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


@contextmanager
def recorded(job: Job, kind: str, file_name: str) -> Iterator[Counter[str]]:
    """Keep the run in the history, whatever becomes of it: of a killed one the next run of its kind says that it failed.

    One that goes on beside it, and was only thought dead, says at its end what became of it.
    """
    counts: Counter[str] = Counter()
    if job.dry_run:
        yield counts
        return
    begun = {"kind": kind, "file_name": file_name[:255], "actor": job.actor, "started_at": now(), "counts": {}}
    with job.transaction() as session:
        killed = update(_RUN).where(_RUN.c.kind == kind, _RUN.c.outcome == "running")
        session.execute(killed.values(outcome="failed"))
        number = session.execute(insert(_RUN).values(begun).returning(_RUN.c.id)).scalar_one()
    outcome = "failed"
    try:
        yield counts
        outcome = "finished"
    except KeyboardInterrupt:
        outcome = "stopped"
        raise
    finally:
        ended = {"outcome": outcome, "finished_at": now(), "counts": dict(counts)}
        with job.transaction() as session:
            session.execute(update(_RUN).where(_RUN.c.id == number).values(ended))
