"""`flask import nppes FILE`, `flask import doctors FILE` and `flask import roster FILE --board US-FL`."""

import getpass
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.cli.run import report, with_plain_errors
from app.core.errors import Invalid
from app.directory.imports.boards import board as board_of
from app.directory.imports.boards import boards
from app.directory.imports.registry_run import import_registry
from app.directory.imports.rejects import Rejects
from app.directory.imports.runs import Begin, Job
from app.doors.database import transaction

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
REJECTS = click.Path(dir_okay=False, writable=True, path_type=Path)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--rejects", type=REJECTS, help="Write rows that cannot be used here, with line and reason."),
        click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON document."),
        click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing."),
    ):
        command = option(command)
    return with_appcontext(with_plain_errors(command))


@click.group("import")
def imports() -> None:
    """Bring registry and board files into the directory."""


@imports.command("nppes")
@click.argument("file", type=FILE)
@click.option("--locations", type=FILE, help="The pl_pfile with secondary practice addresses.")
@_options
def nppes(file: Path, locations: Path | None, dry_run: bool, as_json: bool, rejects: Path | None) -> None:
    """Massage therapists from the CMS registry: FILE is the npidata CSV or its zip, full or weekly."""
    with _job(dry_run, rejects, file, locations) as job:
        counts = import_registry(job, file, locations)
    report(counts, as_json=as_json)


@imports.command("doctors")
@click.argument("file", type=FILE)
@_options
def doctors(file: Path, dry_run: bool, as_json: bool, rejects: Path | None) -> None:
    """What the CMS registry says of doctors who signed up: FILE is the npidata CSV or its zip, full or weekly."""
    from app.referrals.services import import_doctors  # each import starts without what the others need

    with _job(dry_run, rejects, file) as job:
        counts = import_doctors(job, file)
    report(counts, as_json=as_json)


@imports.command("roster")
@click.argument("file", type=FILE)
@click.option("--board", "jurisdiction", required=True, help=f"One of {', '.join(sorted(boards()))}.")
@_options
def roster(file: Path, jurisdiction: str, dry_run: bool, as_json: bool, rejects: Path | None) -> None:
    """What a state board says of licences that we hold: FILE is the board's own download."""
    from app.directory.imports.roster_run import import_roster

    with _job(dry_run, rejects, file) as job:
        counts = import_roster(job, file, board_of(jurisdiction))
    report(counts, as_json=as_json)


@contextmanager
def _job(dry_run: bool, path: Path | None, *read: Path | None) -> Iterator[Job]:
    if path and path.exists() and any(each and path.samefile(each) for each in read):
        raise Invalid(f"{path} is to be read: it cannot take the rejects too")
    try:
        with _stopped_between_transactions() as stop_if_asked, Rejects(path) as rejects, _bars() as begin:

            def begin_step(name: str, size: int) -> Callable[[int], None]:
                show = begin(name, size)

                def at(position: int) -> None:
                    show(position)
                    stop_if_asked()

                return at

            yield Job(transaction, f"cli:{getpass.getuser()}", rejects, begin_step, dry_run)
    except KeyboardInterrupt:
        click.echo("stopped. What was saved stays; run the same command again to go on.", err=True)
        raise SystemExit(130) from None


@contextmanager
def _bars() -> Iterator[Begin]:
    """A progress bar a step, for whoever sits at a terminal; nobody else waits for the library that draws them."""
    if not sys.stderr.isatty():
        yield lambda name, size: lambda position: None
        return
    from tqdm import tqdm

    with ExitStack() as bars:

        def begin(name: str, size: int) -> Callable[[int], None]:
            unit = {"unit": "B", "unit_scale": True, "unit_divisor": 1024} if name == "reading" else {"unit": " people"}
            bar = bars.enter_context(tqdm(total=size, desc=name, mininterval=0.5, **unit))

            def show(position: int) -> None:
                bar.update(position - bar.n)

            return show

        yield begin


@contextmanager
def _stopped_between_transactions() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C wait for the next call of what is given, where no transaction is open; a second one waits for nothing.

    In the middle of a statement it could leave a connection that nobody rolls back, and the database locked.
    """
    asked = False

    def ask(*_: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)

    def stop_if_asked() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, ask)
    try:
        yield stop_if_asked
    finally:
        signal.signal(signal.SIGINT, before)
