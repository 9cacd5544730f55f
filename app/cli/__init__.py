"""The command door: one group a feature, errors as one line and an exit code."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Every command. They are imported here, so that `app.cli.alone` can do with its own."""
    from app.cli.admin import admin
    from app.cli.articles import articles
    from app.cli.demo import demo
    from app.cli.imports import imports
    from app.cli.places import places
    from app.cli.upkeep import backup, keys, restore
    from app.cli.worker import worker

    for group in (admin, demo, articles, imports, places, worker, backup, restore, keys):
        app.cli.add_command(group)
