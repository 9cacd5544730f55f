"""Delivers what is due: claim, write, send, note. A message is never sent by two workers, and never forgotten."""

import json
import smtplib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, TypeAlias

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.logs import logger
from app.notifications.messages import Letterhead, Message, from_facts
from app.notifications.mime import to_mime
from app.notifications.models import OutboxMessage
from app.notifications.outbox import READY
from app.notifications.transports import Transport

log = logger("unknot.post")

Renderer: TypeAlias = Callable[[Session, Mapping[str, Any], Letterhead], Message | None]
"""Facts to a message; None when it is no longer true."""

Transactions: TypeAlias = Callable[[], AbstractContextManager[Session]]

CLAIM = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True)
class Post:
    """Everything that delivery needs: who writes which kind, on which paper, and what carries it."""

    renderers: Mapping[str, Renderer]
    letterhead: Letterhead
    transport: Transport


@dataclass(frozen=True, slots=True)
class _Written:
    """A claimed message. `attempt` is the number of its claim: with another one it is another worker's by now."""

    id: int
    attempt: int
    mail: EmailMessage | None
    error: str | None


def deliver_due(transactions: Transactions, post: Post, clock: Callable[[], datetime], limit: int = 20) -> int:
    """Deliver up to `limit` messages; how many were tried. No transaction is open while a server is talked to.

    Each is claimed and written only when its turn comes: behind a slow server nothing is claimed so long that its claim
    lapses, and nothing is said that was overtaken while others were sent.
    """
    for tried in range(limit):
        if not _deliver_next(transactions, post, clock):
            return tried
    return limit


def _deliver_next(transactions: Transactions, post: Post, clock: Callable[[], datetime]) -> bool:
    """Whether there was one to deliver."""
    with transactions() as session:
        row = _claim(session, clock())
        one = _write(session, row, post, clock()) if row else None
    if one is None:
        return False
    error = one.error or (_send(post.transport, one.mail) if one.mail else None)
    with transactions() as session:
        _note(session, one, error, clock())
    return True


def wait_before(attempt: int) -> timedelta:
    """How long to wait after the given failed attempt: 1, 4, 16 … minutes, six hours at most."""
    return min(FIRST_WAIT * int(4 ** (attempt - 1)), timedelta(hours=6))


def counts(session: Session, now: datetime) -> dict[str, int]:
    """How many messages are in which state, and how many wait past their time."""
    by_state = session.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    found = {row[0]: row[1] for row in by_state}
    late = session.scalar(
        select(func.count()).where(
            OutboxMessage.state == "waiting", OutboxMessage.send_after < now - timedelta(minutes=10)
        )
    )
    return {**dict.fromkeys(("waiting", "sent", "failed", "withdrawn"), 0), **found, "late": late or 0}


def failed(session: Session, limit: int = 100) -> list[OutboxMessage]:
    """What could not be delivered, or is being retried, newest first."""
    query = select(OutboxMessage).where(OutboxMessage.last_error.is_not(None), OutboxMessage.state != "sent")
    return list(session.scalars(query.order_by(OutboxMessage.id.desc()).limit(limit)))


def retry(session: Session, message_id: int, now: datetime) -> None:
    """Try a failed message again, from the beginning."""
    row = session.get(OutboxMessage, message_id)
    if row is not None and row.state == "failed":
        row.state, row.attempts, row.send_after = "waiting", 0, now


def _claim(session: Session, now: datetime) -> OutboxMessage | None:
    query = (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == "waiting",
            OutboxMessage.send_after <= now,
            or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now),
        )
        .order_by(OutboxMessage.send_after, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.scalars(query.execution_options(populate_existing=True)).first()
    if row is not None:
        row.claimed_until = now + CLAIM
        row.attempts += 1
        session.flush()
    return row


def _write(session: Session, row: OutboxMessage, post: Post, now: datetime) -> _Written:
    try:
        with session.begin_nested():
            message = _render(session, row, post)
            mail = to_mime(message, row.key, post.letterhead, now) if message else None
    except Exception as error:
        log.exception("message not written", key=row.key, kind=row.kind)
        return _Written(row.id, row.attempts, None, f"{type(error).__name__}: not written")
    return _Written(row.id, row.attempts, mail, None)


def _render(session: Session, row: OutboxMessage, post: Post) -> Message | None:
    facts = json.loads(row.facts or "{}")
    return from_facts(facts) if row.kind == READY else post.renderers[row.kind](session, facts, post.letterhead)


def _send(transport: Transport, mail: EmailMessage) -> str | None:
    """None when it was taken, else what went wrong (without the address, which the error may repeat)."""
    try:
        transport(mail)
    except (smtplib.SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", "")
        return f"{type(error).__name__} {code}".strip()
    except Exception as error:  # a mail that no transport can carry must count its tries, and not hold up the others
        log.exception("transport broke")
        return type(error).__name__
    return None


def _note(session: Session, one: _Written, error: str | None, now: datetime) -> None:
    row = session.get(OutboxMessage, one.id, populate_existing=True, with_for_update=True)
    if row is None or row.state != "waiting" or (error is not None and row.attempts != one.attempt):
        return
    row.claimed_until = None
    if error is not None:
        row.last_error = error[:300]
        row.state = "failed" if row.attempts >= MOST_ATTEMPTS else "waiting"
        row.send_after = now + wait_before(row.attempts)
        log.warning("message not delivered", key=row.key, attempt=row.attempts, error=error)
        return
    row.state = "sent" if one.mail else "withdrawn"
    row.sent_at = now if one.mail else None
    row.facts, row.last_error = None, None
