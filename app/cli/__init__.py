"""The command door: one group a feature, errors as one line and an exit code."""

import click
from flask import Flask

from app.cli.admin import admin
from app.cli.articles import articles
from app.cli.demo import demo
from app.cli.imports import imports
from app.cli.places import places
from app.cli.upkeep import backup, keys, restore
from app.cli.worker import worker

GROUPS: tuple[click.Command, ...] = (
    admin,
    demo,
    articles,
    imports,
    places,
    worker,
    backup,
    restore,
    keys,
)


def init_app(app: Flask) -> None:
    for group in GROUPS:
        app.cli.add_command(group)
