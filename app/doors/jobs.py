"""Work beside the requests: Huey runs these on time. One worker process is enough, more do no harm."""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey, crontab

from app.accounts import services as accounts
from app.articles import queries as articles_queries
from app.articles import services as articles
from app.articles.links import CHECK_EVERY, probe
from app.core.clock import now
from app.core.errors import Conflict
from app.core.fetching import status_of
from app.core.logs import logger
from app.core.zones import installed_zone_data
from app.directory import services as directory
from app.doors import uploads
from app.doors.calendars import gate, sync_due
from app.doors.database import db, in_transaction, transaction
from app.doors.post import deliver
from app.places.outside import forget_old_answers
from app.referrals import services as referrals
from app.scheduling import services as scheduling
from config import Settings

log = logger("unknot.jobs")
BETWEEN_LOOKS = 2.0
"""Seconds between two looks into the outbox: a code must not let a person wait."""


def queue_of(settings: Settings) -> Huey:
    """Redis where there is one, else a file beside the database."""
    if settings.redis_url:
        return RedisHuey("unknot", url=settings.redis_url)
    return SqliteHuey("unknot", filename=str(settings.instance / "jobs.db"))


def make_queue(app: Flask) -> Huey:
    """The queue with its periodic tasks bound to `app`."""
    queue = queue_of(app.config["SETTINGS"])
    _every(queue, app, "deliver", crontab(), deliver_for_a_minute)
    _every(queue, app, "expire", crontab(), expire)
    _every(queue, app, "roll_horizon", crontab(minute="10", hour="*/6"), roll)
    _every(queue, app, "calendars", crontab(minute="*/5"), sync_due)
    _every(queue, app, "check_links", crontab(minute="50", hour="*/6"), check_links)
    _every(queue, app, "follow_zone_data", crontab(minute="*/15"), follow_zone_data)
    _every(queue, app, "tidy", crontab(minute="40"), tidy)
    _every(queue, app, "weekly_letters", crontab(minute="20", hour="14"), weekly_letters)
    _every(queue, app, "remind_therapists", crontab(minute="30", hour="13"), remind_therapists)
    return queue


def deliver_for_a_minute(seconds: float = 58) -> None:
    """Deliver what is due, again and again, until the next minute's task takes over."""
    until = time.monotonic() + seconds
    while True:
        tried = deliver()
        db.session.close()
        if time.monotonic() >= until:
            return
        if not tried:
            time.sleep(BETWEEN_LOOKS)


def expire() -> None:
    """Let go what was not answered in time, and offer it to those who wait."""
    in_transaction(lambda session: scheduling.expire_due(session, now()))


def roll() -> None:
    """Derive the weeks that came within reach, and what the finder knows of first free times."""
    while True:
        with transaction() as session:
            if not scheduling.roll_horizon(session, now(), limit=50):
                break
    last = 0
    while True:
        with transaction() as session:
            last = scheduling.bound_anew(session, now(), last)
        if not last:
            return


def follow_zone_data() -> None:
    """After an update of the zone data: keep every visit's time on the wall, and say which instants moved."""
    version, after = installed_zone_data(), 0
    if not scheduling.is_new_zone_data(db.session, version):
        return
    while therapists := scheduling.who_has_a_timeline(db.session, after):
        for therapist_id in therapists:
            _keep_wall_times(therapist_id, version)
        after = therapists[-1]
    with transaction() as session:
        scheduling.remember_zone_data(session, version, now())


def _keep_wall_times(therapist_id: int, version: str) -> None:
    try:
        with transaction() as session:
            moved = scheduling.keep_wall_times(session, therapist_id, now())
    except Conflict:
        log.error("visits collide under new zone data", therapist=therapist_id, zone_data=version)
        with transaction() as session:
            scheduling.rederive(session, therapist_id, now())
    else:
        if moved:
            log.warning("visits moved to keep their wall time", visits=moved, zone_data=version)


def tidy() -> None:
    """Forget what has served: keys, drafts, places on waitlists that nobody confirmed, devices not seen for long, answers
    of outside geocoders, stray pictures."""
    with transaction() as session:
        scheduling.forget_old_keys(session, now())
        scheduling.forget_old_drafts(session, now())
        scheduling.tidy_waitlist(session, now())
        referrals.forget_left_drafts(session, now())
        accounts.forget_old_sign_ins(session)
        forget_old_answers(session)
    uploads.sweep(db.session)


def weekly_letters() -> None:
    """What the week brought, to each doctor whose last letter is a week old."""
    while True:
        with transaction() as session:
            if not referrals.send_due(session, now(), limit=50):
                return


def check_links(limit: int = 50) -> None:
    """Ask the articles elsewhere whether they are still there, each once a week; nothing is held open meanwhile."""
    due = articles_queries.links_to_check(db.session, now() - CHECK_EVERY, limit)
    db.session.close()
    statuses = probe(due, lambda url: status_of(url, gate()))
    with transaction() as session:
        articles.record_checks(session, statuses, now())


def remind_therapists() -> None:
    """Licences that end soon and listings that nobody confirmed: once a day, each letter once."""
    with transaction() as session:
        directory.remind(session, now())


def _every(queue: Huey, app: Flask, name: str, times: Any, work: Callable[[], None]) -> None:
    """Run `work` at those times inside the application, never twice at once."""

    def task() -> None:
        with app.app_context():
            work()

    task.__name__ = task.__qualname__ = name
    queue.periodic_task(times, name=name)(queue.lock_task(f"{name}-lock")(task))
