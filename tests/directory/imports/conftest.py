"""Running imports the way their command does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.imports.boards import board
from app.directory.imports.registry_run import import_registry
from app.directory.imports.rejects import Rejects
from app.directory.imports.roster_run import import_roster
from app.directory.imports.runs import Job
from app.directory.models import Therapist
from app.doors.database import transaction
from tests.directory.imports.files import npi

Import = Callable[..., dict[str, int]]


@pytest.fixture
def job(app: Flask) -> Callable[..., Job]:
    @contextmanager
    def in_application() -> Iterator[Session]:
        with app.app_context(), transaction() as session:
            yield session

    def made(rejects: Rejects | None = None, *, dry_run: bool = False) -> Job:
        return Job(in_application, "test", rejects or Rejects(), dry_run=dry_run)

    return made


@pytest.fixture
def registry(job: Callable[..., Job], tmp_path: Path) -> Import:
    """Imports a registry file; its rejects land in `rejects.csv`."""

    def run(path: Path, locations: Path | None = None, *, dry_run: bool = False) -> dict[str, int]:
        with Rejects(tmp_path / "rejects.csv") as rejects:
            return import_registry(job(rejects, dry_run=dry_run), path, locations)

    return run


@pytest.fixture
def roster(job: Callable[..., Job], tmp_path: Path) -> Import:
    """Imports a board's roster; its rejects land in `rejects.csv`."""

    def run(path: Path, jurisdiction: str, *, dry_run: bool = False) -> dict[str, int]:
        with Rejects(tmp_path / "rejects.csv") as rejects:
            return import_roster(job(rejects, dry_run=dry_run), path, board(jurisdiction))

    return run


def therapist(session: Session, number: int) -> Therapist:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Therapist).where(Therapist.npi == npi(number))).one()
