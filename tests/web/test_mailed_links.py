"""A mail scanner opens every link of every mail: nothing changes by it, and each leads somewhere (case 12)."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from app.doors.database import transaction
from app.doors.post import post_of
from app.notifications.delivery import Post, deliver_due
from app.scheduling import queries, services
from app.scheduling.waiting import Wish
from tests.scheduling.world import MONDAY, World, person
from tests.support.accounts import ADDRESS, PASSWORD, make_user, sign_in
from tests.support.statements import told

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
KINDS_OF_LINKS = {
    "/visits/confirm/*", "/visits/mine/*", "/visits/*", "/waitlist/*", "/practice/visits/*", "/therapists/*/times",
    "/account/confirm/*", "/account/reset/*", "/account/change-email/*",
}  # fmt: skip


@pytest.fixture
def mails(app: Flask, session: Session) -> Iterator[list[EmailMessage]]:
    """What people who book, wait, are moved, forget passwords and change addresses find in their letter boxes."""
    with time_machine.travel(World.now, tick=False):
        world = World.make(session)
        somebody_books_in_every_way(session, world)
        session.commit()
        somebody_has_an_account(app)
        yield delivered(app)


def somebody_books_in_every_way(session: Session, world: World) -> None:
    hours = iter(MONDAY.replace(day=day, hour=hour) for day in (2, 3, 4) for hour in (15, 17, 19, 21))
    held, asked, moved, answered, gone = world.book(next(hours)), *(world.requested(next(hours)) for _ in range(4))
    for each in (moved, gone):
        services.accept(session, each.id, world.me, world.now)
    services.reschedule_as_therapist(session, moved.id, world.me, next(hours), world.location_id, world.now)
    services.offer_other_times(session, answered.id, world.me, [next(hours)], world.location_id, world.now)
    services.write_message_as_therapist(session, moved.id, world.me, "Bring shorts", world.now)
    wish = Wish(gone.starts_at.date(), gone.starts_at.date())
    for verified in (False, True):
        services.join_waitlist(session, world.service_id, wish, person(), world.now, verified=verified)
    services.cancel(session, gone.token, world.now)
    services.mail_visits_link(session, str(queries.visit(session, asked.token).email), world.now)
    assert held.state == "held"


def somebody_has_an_account(app: Flask) -> None:
    client = app.test_client()
    client.post("/account/register", data={"email": "new@person.example", "password": PASSWORD, "name": "New"})
    make_user(app)
    client.post("/account/reset", data={"email": ADDRESS})
    sign_in(client)
    client.post("/account/change-email", data={"email": "other@person.example"})


def delivered(app: Flask) -> list[EmailMessage]:
    found: list[EmailMessage] = []
    with app.app_context():
        post = post_of(app.config["SETTINGS"])
        kept = Post(post.renderers, post.letterhead, found.append)
        while deliver_due(transaction, kept, lambda: World.now):
            pass
    return found


def links_in(mails: list[EmailMessage]) -> list[str]:
    texts = [part.get_content() for mail in mails for part in mail.walk() if part.get_content_type() == "text/plain"]
    found = {url for text in texts for url in re.findall(r"https?://[^\s<>\"]+", text)}
    return sorted(urlsplit(url).path for url in found)


def kind(path: str) -> str:
    """The path without what is secret or a number in it."""
    return re.sub(r"/(?:\d+|testa-sample-\d+|[\w.-]{20,})(?=/|$)", "/*", path)


def test_opening_every_link_of_every_mail_changes_nothing(
    app: Flask, session: Session, mails: list[EmailMessage]
) -> None:
    links = links_in(mails)
    session.commit()
    with told(session.get_bind()) as said:
        for path in links:
            for method in ("HEAD", "GET", "GET"):
                answer = app.test_client().open(path, method=method)
                assert answer.status_code < 400, path
                assert not [each for each in said if each.startswith(WRITES)], f"{method} {path}"
    assert {kind(path) for path in links} >= KINDS_OF_LINKS
