"""`flask articles sync`: bring the articles of the repository into the database."""

from dataclasses import asdict
from pathlib import Path

import click
from flask.cli import AppGroup

from app.articles import library, services
from app.cli.run import report, with_plain_errors
from app.doors.database import db, transaction

articles = AppGroup("articles", help="Our own articles.")


@articles.command("sync")
@click.option(
    "--from", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=library.CONTENT
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@with_plain_errors
def sync(folder: Path, dry_run: bool, as_json: bool) -> None:
    """Check every document, then make the database's articles those of the folder. Repeating it changes nothing."""
    names = asdict(sync_articles(folder, dry_run=dry_run))
    facts = names if as_json else {what: len(slugs) for what, slugs in names.items()}
    report({**facts, "dry_run": dry_run}, as_json=as_json)


def sync_articles(folder: Path = library.CONTENT, *, dry_run: bool = False) -> services.SyncReport:
    """Sync in a transaction of its own, or with `dry_run` only find out what would change."""
    read = library.load(folder)
    if dry_run:
        found = services.sync(db.session, read)
        db.session.rollback()
        return found
    with transaction() as session:
        return services.sync(session, read)
