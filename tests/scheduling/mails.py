"""What the post makes of the messages that wait."""

import json

import time_machine

from app.notifications.messages import Letterhead, Message
from app.scheduling.emails import RENDERERS
from config import ROOT
from tests.scheduling.world import World

PAPER = Letterhead("https://unknot.example", "Unknot <post@unknot.example>", ROOT / "templates/mail")


def written(world: World, kind: str) -> Message:
    """The last waiting message of a kind, as its reader gets it at the world's time."""
    row = world.outbox(kind)[-1]
    with time_machine.travel(world.now, tick=False):
        message = RENDERERS[kind](world.session, json.loads(row.facts or "{}"), PAPER)
    assert message is not None
    return message
