"""The command door: one group a feature, errors as one line and an exit code."""

import click
from flask import Flask

GROUPS: tuple[click.Command, ...] = ()


def init_app(app: Flask) -> None:
    for group in GROUPS:
        app.cli.add_command(group)
