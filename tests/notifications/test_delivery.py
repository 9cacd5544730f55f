"""The outbox keeps its word: sent once, tried again, never lost, and the page alone is enough meanwhile (CASES 17, 18)."""

import email
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.doors.database import transaction
from app.notifications.delivery import CLAIM, MOST_ATTEMPTS, Post, counts, deliver_due, failed, retry
from app.notifications.messages import Attachment, Letterhead, Message
from app.notifications.models import OutboxMessage
from app.notifications.outbox import Notice, enqueue, enqueue_message, withdraw
from app.notifications.transports import Transport, into_folder, over_smtp
from config import ROOT

pytestmark = pytest.mark.databases
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
PAPER = Letterhead("https://unknot.example", "Unknot <post@unknot.example>", ROOT / "templates/mail")
HELLO = Message(
    "pat@example.test",
    "Grüße, Pat",
    "Plain words.",
    "<p>Warm words.</p>",
    (Attachment("visit.ics", "text/calendar", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", (("method", "REQUEST"),)),),
)


class Server:
    """A mail server that keeps what it is given, and says no when told to."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.refuse = 0
        self.controller = Controller(self, hostname="127.0.0.1", port=_free_port())

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 taken"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.controller.port}"


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    one.controller.start()
    yield one
    one.controller.stop()


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def post(transport: Transport, **renderers: Any) -> Post:
    return Post(renderers, PAPER, transport)


def put(key: str = "a", send_after: datetime = NOON) -> None:
    with transaction() as session:
        enqueue_message(session, key, HELLO, about="visit:1", send_after=send_after)


def deliver(transport: Transport, at: datetime = NOON, **renderers: Any) -> int:
    return deliver_due(transaction, post(transport, **renderers), lambda: at)


def only() -> OutboxMessage:
    with transaction() as session:
        return session.scalars(select(OutboxMessage)).one()


@pytest.mark.usefixtures("inside")
def test_a_mail_goes_through_a_real_conversation_whole(server: Server) -> None:
    put()
    deliver(over_smtp(server.url))
    (mail,) = server.mails
    assert (mail["Subject"], mail["To"]) == ("Grüße, Pat", "pat@example.test")
    assert mail.get_body(("plain",)).get_content().strip() == "Plain words."
    assert "Warm words" in mail.get_body(("html",)).get_content()
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "visit.ics"
    assert attached["Content-Type"].params["method"] == "REQUEST"
    assert (only().state, only().facts) == ("sent", None)


@pytest.mark.usefixtures("inside")
def test_a_sent_message_is_not_sent_again(server: Server) -> None:
    put()
    for minutes in range(3):
        deliver(over_smtp(server.url), NOON + timedelta(minutes=minutes))
    assert len(server.mails) == 1


@pytest.mark.usefixtures("inside")
def test_a_refused_message_is_tried_again_later_under_the_same_id(server: Server) -> None:
    put()
    server.refuse = 1
    deliver(over_smtp(server.url))
    assert (only().state, only().last_error) == ("waiting", "SMTPDataError 451")
    assert deliver(over_smtp(server.url), NOON + timedelta(seconds=59)) == 0
    deliver(over_smtp(server.url), NOON + timedelta(seconds=60))
    assert len(server.mails) == 1
    assert only().last_error is None


@pytest.mark.usefixtures("inside")
def test_what_never_arrives_fails_visibly_and_can_be_tried_anew(server: Server) -> None:
    """Case 17."""
    put()
    at = NOON
    for _ in range(MOST_ATTEMPTS):
        deliver(_down, at)
        at += timedelta(hours=7)
    with transaction() as session:
        assert counts(session, at)["failed"] == 1
        (row,) = failed(session)
        assert row.last_error == "ConnectionRefusedError"
        retry(session, row.id, at)
    deliver(over_smtp(server.url), at)
    assert len(server.mails) == 1


@pytest.mark.usefixtures("inside")
def test_a_worker_that_dies_while_sending_loses_nothing(server: Server) -> None:
    """The row is claimed and committed before the server is talked to; the claim lapses."""
    put()
    with pytest.raises(KeyboardInterrupt):
        deliver(_killed)
    assert deliver(over_smtp(server.url), NOON + CLAIM - timedelta(seconds=1)) == 0
    deliver(over_smtp(server.url), NOON + CLAIM)
    assert len(server.mails) == 1


@pytest.mark.usefixtures("inside")
def test_a_second_delivery_has_the_same_message_id(server: Server) -> None:
    """Killed after the server took it and before we noted it: readers and servers recognise the copy."""
    put()

    def then_killed(mail: EmailMessage) -> None:
        over_smtp(server.url)(mail)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver(then_killed)
    deliver(over_smtp(server.url), NOON + CLAIM)
    assert len({mail["Message-ID"] for mail in server.mails}) == 1


def test_two_workers_at_once_send_each_message_once(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        for number in range(30):
            put(f"key-{number}")
    sent: list[str] = []

    def work() -> None:
        with app.app_context():
            while deliver(lambda mail: sent.append(mail["Message-ID"])):
                pass

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == len(set(sent)) == 30


def test_behind_a_slow_server_no_other_worker_sends_the_same_again(app: Flask) -> None:
    """Each mail takes a minute: the whole pass takes longer than a claim lasts."""
    with app.app_context():
        for number in range(8):
            put(f"key-{number}")
    sent: list[str] = []

    def slowly(mail: EmailMessage) -> None:
        sent.append(mail["Message-ID"])
        if len(sent) == 7:
            _elsewhere(app, lambda one: sent.append(one["Message-ID"]), NOON + timedelta(minutes=7))

    with app.app_context():
        deliver_due(transaction, post(slowly), lambda: NOON + timedelta(minutes=len(sent)))
    assert len(sent) == len(set(sent)) == 8


def test_who_lost_the_claim_does_not_give_it_back(app: Flask) -> None:
    """The first worker's server hangs until a second one has claimed the mail, and then fails: no third may send it."""
    with app.app_context():
        put()
    sent: list[EmailMessage] = []

    def third(mail: EmailMessage) -> None:
        sent.append(mail)

    def second(mail: EmailMessage) -> None:
        sent.append(mail)
        hung.set()
        failed_at_last.wait(10)
        _elsewhere(app, third, NOON + CLAIM + timedelta(minutes=2))

    def first(_mail: EmailMessage) -> None:
        threads.append(_start(app, second, NOON + CLAIM))
        hung.wait(10)
        raise TimeoutError

    hung, failed_at_last = threading.Event(), threading.Event()
    threads: list[threading.Thread] = []
    _elsewhere(app, first, NOON)
    failed_at_last.set()
    threads[0].join()
    assert len(sent) == 1


@pytest.mark.usefixtures("inside")
def test_a_message_is_written_when_its_turn_comes() -> None:
    """What happened while others were sent is not overlooked."""
    news: list[EmailMessage] = []

    def told(*_arguments: Any) -> Message | None:
        return None if news else HELLO

    with transaction() as session:
        enqueue(session, [Notice(key, "told", "visit:1", {}, NOON) for key in ("a", "b")])
    deliver(news.append, told=told)
    assert len(news) == 1


@pytest.mark.usefixtures("inside")
def test_a_message_waits_for_its_time_and_can_be_withdrawn() -> None:
    sent: list[EmailMessage] = []
    put("early", NOON + timedelta(hours=1))
    assert deliver(sent.append) == 0
    with transaction() as session:
        withdraw(session, "visit:1", ["mail"])
    deliver(sent.append, NOON + timedelta(hours=2))
    assert sent == []
    assert only().state == "withdrawn"


@pytest.mark.usefixtures("inside")
def test_one_key_is_one_message_for_ever() -> None:
    put("same")
    with pytest.raises(IntegrityError):
        put("same")


@pytest.mark.usefixtures("inside")
def test_a_message_that_cannot_be_written_does_not_stop_the_others() -> None:
    sent: list[EmailMessage] = []
    with transaction() as session:
        enqueue(session, [Notice("bad", "bad", "visit:1", {}, NOON)])
    put("good")
    deliver(sent.append, bad=_broken)
    assert len(sent) == 1


@pytest.mark.usefixtures("inside")
def test_a_mail_that_breaks_its_transport_counts_its_tries_and_does_not_stop_the_others() -> None:
    sent: list[EmailMessage] = []

    def carry(mail: EmailMessage) -> None:
        sent.append(mail)
        if len(sent) == 1:
            raise UnicodeEncodeError("ascii", "é", 0, 1, "no such letter")

    put("bad")
    put("good")
    deliver(carry)
    assert len(sent) == 2
    with transaction() as session:
        (row,) = failed(session)
        assert (row.attempts, row.claimed_until, row.last_error) == (1, None, "UnicodeEncodeError")


@pytest.mark.usefixtures("inside")
def test_without_a_server_mails_are_kept_as_files(tmp_path: Path) -> None:
    put()
    deliver(into_folder(tmp_path))
    (kept,) = tmp_path.glob("*.eml")
    assert email.message_from_bytes(kept.read_bytes(), policy=default)["Subject"] == "Grüße, Pat"


def test_facts_are_sealed_at_rest(session: Session) -> None:
    enqueue(session, [Notice("a", "visit.confirm_contact", "visit:1", {"code": "123456"}, NOON)])
    raw = session.connection().exec_driver_sql("SELECT facts FROM outbox_message").scalar_one()
    assert b"123456" not in bytes(raw)


def _start(app: Flask, transport: Transport, at: datetime) -> threading.Thread:
    """Another worker, which delivers at this time."""

    def work() -> None:
        with app.app_context():
            deliver(transport, at)

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def _elsewhere(app: Flask, transport: Transport, at: datetime) -> None:
    """Another worker delivers what it finds, to its end."""
    _start(app, transport, at).join()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _down(_mail: EmailMessage) -> None:
    raise ConnectionRefusedError


def _killed(_mail: EmailMessage) -> None:
    raise KeyboardInterrupt


def _broken(*_arguments: Any) -> Message:
    raise RuntimeError("no words")
