"""Write messages with the change that causes them, and take back what is no longer true."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.statements import Statement
from app.notifications.messages import Message, to_facts
from app.notifications.models import OutboxMessage

INSERT = Statement(
    insert(OutboxMessage.__table__),  # type: ignore[arg-type]
    ("key", "kind", "about", "facts", "send_after", "created_at", "state", "attempts"),
)
READY = "mail"
"""The kind of a message that was written out in full when it was enqueued."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to be written when it is delivered. `key` is unique for ever; `facts` are plain JSON."""

    key: str
    kind: str
    about: str
    facts: Mapping[str, Any]
    send_after: datetime


def enqueue(session: Session, notices: Iterable[Notice]) -> None:
    """Put notices into the outbox, in the caller's transaction and one statement."""
    created_at = now()
    rows = [
        {
            "key": one.key,
            "kind": one.kind,
            "about": one.about,
            "facts": orjson.dumps(one.facts).decode(),
            "send_after": one.send_after,
            "created_at": created_at,
            "state": "waiting",
            "attempts": 0,
        }
        for one in notices
    ]
    if rows:
        INSERT.run(session, *rows)


def enqueue_message(session: Session, key: str, message: Message, *, about: str, send_after: datetime) -> None:
    """Put one whole message into the outbox."""
    enqueue(session, [Notice(key, READY, about, to_facts(message), send_after)])


def add_facts(session: Session, abouts: Collection[str], facts: Mapping[str, Any]) -> None:
    """Give what waits about these things facts that are about to be lost, such as the name of somebody who leaves."""
    waiting = select(OutboxMessage).where(OutboxMessage.about.in_(abouts), OutboxMessage.state == "waiting")
    for row in session.scalars(waiting.execution_options(populate_existing=True)):
        row.facts = json.dumps({**json.loads(row.facts or "{}"), **facts})


def withdraw(session: Session, about: str, kinds: Collection[str]) -> None:
    """Take back what waits of these kinds about one thing. What was sent stays sent."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.about == about, OutboxMessage.kind.in_(kinds), OutboxMessage.state == "waiting")
        .values(state="withdrawn", facts=None),
        execution_options={"synchronize_session": False},
    )
