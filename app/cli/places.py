"""`flask places load`: fill the gazetteer."""

from typing import Any

import click
from flask.cli import AppGroup
from tqdm import tqdm

from app.cli.run import report, with_plain_errors
from app.doors.database import transaction

places = AppGroup("places", help="The gazetteer of ZIPs, towns and postcodes.")


class Bar:
    """Progress on standard error: one bar a table, one line for what cannot be counted."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        if self._quiet:
            return
        if step != self._step:
            self.close()
            self._step = step
            if total:
                self._bar = tqdm(total=total, desc=step, unit=" rows", unit_scale=True)
            else:
                click.echo(f"{step} …", err=True)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


@places.command("load")
@click.option("--again", is_flag=True, help="Load even when this edition is already there.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.option("--dry-run", is_flag=True, help="Read everything, write nothing.")
@with_plain_errors
def load(again: bool, as_json: bool, dry_run: bool) -> None:
    """Load all places from the installed data packages: all or nothing; nothing when they are already there."""
    from app.places import services  # the imports, which share this start, do without

    counts = services.count_rows(Bar(quiet=as_json)) if dry_run else load_places(again=again, quiet=as_json)
    if not counts and not as_json:
        click.echo("The gazetteer is up to date.")
        return
    report(counts, as_json=as_json)


def load_places(*, again: bool = False, quiet: bool = False) -> dict[str, int]:
    """The same for other doors: with bars, in a transaction of its own."""
    from app.places import services

    bar = Bar(quiet)
    try:
        with transaction() as session:
            return services.load(session, bar, again=again)
    finally:
        bar.close()
