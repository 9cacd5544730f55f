"""`backup FILE`, `restore FILE`, `keys rotate`: what whoever runs the house does from time to time."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import inspect

from app.accounts.resealing import seal_factors_anew
from app.cli.run import report, with_plain_errors
from app.core import backups
from app.core.errors import Conflict
from app.core.rotation import rotate_all
from app.doors.database import db, transaction
from app.tables import Base

keys = AppGroup("keys", help="The keys that data is encrypted with.")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the facts as one JSON document.")
@with_appcontext
@with_plain_errors
def backup(file: Path, as_json: bool) -> None:
    """Write the whole database to FILE, while it is in use. The keys in DATA_KEYS are not in it: keep them apart."""
    size = backups.backup(db.engine.url, file)
    report({"file": str(file), "bytes": size}, as_json=as_json)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Give up what is in the database now.")
@with_appcontext
@with_plain_errors
def restore(file: Path, replace: bool) -> None:
    """Put the content of FILE into the database. Stop the web and worker processes first."""
    if not replace and inspect(db.engine).get_table_names():
        raise Conflict("The database is not empty. With --replace everything in it is given up for the backup.")
    url = db.engine.url
    db.engine.dispose()
    backups.restore(url, file)
    click.echo("Restored. Now run `flask --app app db upgrade`, in case the backup is older than the program.")


@keys.command("rotate")
@with_plain_errors
def rotate() -> None:
    """Encrypt everything anew with the first key of DATA_KEYS. Afterwards the other keys can go."""
    with transaction() as session:
        try:
            count = rotate_all(session, Base.metadata)
            count += seal_factors_anew(session, current_app.config["SETTINGS"].data_keys)
        except ValueError as error:
            raise Conflict(
                "A value opens with none of the keys in DATA_KEYS. Add the key it was written with."
            ) from error
    report({"values_encrypted_anew": count}, as_json=False)
