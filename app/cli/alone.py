"""An application for the commands that show no pages: it starts sooner, which counts for commands that run for seconds."""

import click
from flask import Flask

from app.cli.imports import imports
from app.cli.places import places
from app.core import crypto
from app.doors import database
from app.doors.settings import flask_settings
from config import ROOT, from_environment

GROUPS: tuple[click.Group, ...] = (imports, places)


def create_app() -> Flask:
    """Settings, database and these commands, which log nothing; neither pages nor API, which take most of the start."""
    settings = from_environment()
    app = Flask("unknot", root_path=str(ROOT / "app"), instance_path=str(settings.instance.resolve()))
    app.config.from_mapping(flask_settings(settings))
    crypto.use_keys(settings.data_keys)
    database.init_app(app)
    for group in GROUPS:
        app.cli.add_command(group)
    return app
