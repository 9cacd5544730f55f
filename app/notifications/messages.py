"""What a message is, whatever carries it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Attachment:
    """`parameters` go into the content type, such as method=REQUEST of a calendar file."""

    name: str
    content_type: str
    content: bytes
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person, in plain text and, where it helps, HTML."""

    to: str
    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message needs to know of the house: its public address, the sender, and where its templates are."""

    base_url: str
    sender: str
    templates: Path


def to_facts(message: Message) -> dict[str, Any]:
    """A message as plain JSON."""
    return {
        "to": message.to,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "reply_to": message.reply_to,
        "attachments": [
            [
                one.name,
                one.content_type,
                base64.b64encode(one.content).decode(),
                [list(each) for each in one.parameters],
            ]
            for one in message.attachments
        ],
    }


def from_facts(facts: Mapping[str, Any]) -> Message:
    """A message again."""
    attachments = tuple(
        Attachment(name, kind, base64.b64decode(content), tuple((each[0], each[1]) for each in parameters))
        for name, kind, content, parameters in facts["attachments"]
    )
    return Message(facts["to"], facts["subject"], facts["text"], facts["html"], attachments, facts["reply_to"])
