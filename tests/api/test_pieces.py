"""How often a booking goes to a server database and back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.wire import Wire
from tests.api.test_bookings import body, book, count
from tests.scheduling.world import MONDAY, World

PIECES = [
    ["SELECT idempotency_key", "SELECT therapist"],
    ["SELECT pg_advisory_xact_lock", "SELECT", "SELECT timeline_week", "SELECT nextval"],
    [
        "INSERT INTO booking",
        "INSERT INTO booking_event",
        "INSERT INTO occupancy",
        "UPDATE timeline_week",
        "INSERT INTO outbox_message",
        "INSERT INTO idempotency_key",
        "COMMIT",
    ],
]


@pytest.fixture
def world(app: Flask, session: Session) -> Iterator[World]:
    with time_machine.travel(World.now, tick=False):
        yield World.make(session)


@pytest.mark.databases("postgresql")
def test_a_booking_goes_to_the_database_three_times(
    client: FlaskClient,
    session: Session,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pieces: list[list[str]] = []
    send = Wire.send

    def note(self: Wire, asked: Any, answers: Any) -> None:
        pieces.append([text for text, _ in asked])
        send(self, asked, answers)

    monkeypatch.setattr(Wire, "send", note)
    assert book(client, body(world)).status_code == 201
    assert [len(each) for each in pieces] == [len(each) for each in PIECES]
    for piece, expected in zip(pieces, PIECES, strict=True):
        assert all(text.startswith(known) for text, known in zip(piece, expected, strict=True)), piece
    assert count(session) == 1
    again = book(client, body(world, MONDAY + timedelta(hours=2)))
    assert (again.status_code, count(session)) == (422, 1)
