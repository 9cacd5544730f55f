"""Where portraits are kept: a folder beside the database, each file named by a hash of what is in it."""

import time
from pathlib import Path

from flask import current_app
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.directory import photos
from app.directory.models import Therapist

AN_HOUR = 3600


def folder() -> Path:
    place: Path = current_app.config["SETTINGS"].instance / "uploads"
    return place


def keep(picture: bytes) -> str:
    """Write a picture; its name."""
    name = photos.name_of(picture)
    folder().mkdir(parents=True, exist_ok=True)
    fresh = folder() / f"{name}.new"
    fresh.write_bytes(picture)
    fresh.replace(folder() / name)
    return name


def drop(session: Session, name: str | None) -> None:
    """The file goes when nobody shows it any more."""
    shown = session.scalar(select(exists().where(Therapist.photo == name)))
    if name and not shown and photos.NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)


def sweep(session: Session) -> int:
    """Delete what nobody shows and nobody is just about to: left behind by a process that was killed. How many."""
    old = [each for each in folder().glob("*.jpg*") if each.stat().st_mtime < time.time() - AN_HOUR]
    shown = set(session.scalars(select(Therapist.photo).where(Therapist.photo.is_not(None)))) if old else set()
    left = [each for each in old if each.name not in shown]
    for each in left:
        each.unlink(missing_ok=True)
    return len(left)
