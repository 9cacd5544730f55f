"""A message as the mail standards want it."""

import hashlib
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from app.notifications.messages import Letterhead, Message


def to_mime(message: Message, key: str, letterhead: Letterhead, now: datetime) -> EmailMessage:
    """The mail. Its Message-ID is made of the key, so that a second delivery is recognisable as the same mail."""
    mail = EmailMessage()
    mail["Message-ID"] = message_id(key, letterhead)
    mail["Date"] = format_datetime(now)
    mail["From"] = letterhead.sender
    mail["To"] = deliverable(_one_line(message.to))
    mail["Subject"] = _one_line(message.subject)
    if message.reply_to:
        mail["Reply-To"] = _one_line(message.reply_to)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for one in message.attachments:
        main, _, sub = one.content_type.partition("/")
        mail.add_attachment(
            one.content, maintype=main, subtype=sub, filename=one.name, params=dict(one.parameters) or None
        )
    return mail


def message_id(key: str, letterhead: Letterhead) -> str:
    host = urlsplit(letterhead.base_url).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{host}>"


def address_of(sender: str) -> str:
    return parseaddr(sender)[1]


def deliverable(address: str) -> str:
    """The address with its host as every mail server takes it (RFC 5891); what is no address stays as it is."""
    if address.isascii():
        return address
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return address
    return f"{found.local_part}@{found.ascii_domain}"


def _one_line(text: str) -> str:
    """Headers are one line: a line end in a name cannot begin another header."""
    return " ".join(text.split())
