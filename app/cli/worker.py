"""`flask worker`: deliver messages, expire requests, roll timelines."""

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.run import with_plain_errors
from app.doors import jobs
from app.doors.calendars import sync_due


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, once, and stop.")
@with_appcontext
@with_plain_errors
def worker(once: bool) -> None:
    """Work beside the requests until stopped. One is enough; it may be killed at any time."""
    if once:
        jobs.expire()
        jobs.roll()
        sync_due()
        jobs.tidy()
        jobs.deliver_for_a_minute(0)
        return
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    queue = jobs.make_queue(app)
    queue.flush_locks()
    queue.create_consumer(workers=2, periodic=True, max_delay=2.0).run()
