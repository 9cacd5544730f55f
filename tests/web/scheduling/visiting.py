"""A visit that is there already, its page, and what was mailed about it."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notifications.models import OutboxMessage
from app.scheduling.services import Booked
from tests.scheduling.world import MONDAY, World


def facts_of(session: Session, kind: str) -> dict[str, str]:
    session.rollback()
    query = select(OutboxMessage.facts).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id.desc())
    found = session.scalars(query).first()
    assert found is not None
    return json.loads(found) if isinstance(found, str | bytes) else found  # type: ignore[no-any-return]


def link(booked: Booked) -> str:
    return f"/visits/{booked.token}"


def confirmed(session: Session, world: World, **facts: object) -> Booked:
    booked = world.confirmed(MONDAY, **facts)
    session.commit()
    return booked
