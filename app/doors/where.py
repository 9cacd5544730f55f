"""What the doors ask to understand a place: the gazetteer, with the outside geocoder where the settings name one."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy.orm import Session

from app.core.sqlite import WRITING
from app.doors.database import db
from app.places import geocoder, outside
from app.places.results import Geocoded
from config import BadSettings, Settings


def init_app(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    try:
        app.extensions["geocoder"] = outside.configured(settings.geocoder, settings.geocoder_options, _begin)
    except ValueError as error:
        raise BadSettings(str(error)) from error


@contextmanager
def _begin() -> Iterator[Session]:
    """A short write transaction beside the request's own session."""
    with db.sessionmaker() as session:
        session.connection(execution_options=dict(WRITING))
        yield session
        session.commit()


def locate(text: str, near: tuple[float, float] | None = None) -> Geocoded:
    """What a text means to this installation."""
    return geocoder.locate(db.session, text, near, current_app.extensions["geocoder"])
