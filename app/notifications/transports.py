"""What carries a mail away: an SMTP server by MAIL_URL, or files in a folder."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, unquote, urlsplit

Transport: TypeAlias = Callable[[EmailMessage], None]
TIMEOUT = 20


def into_folder(folder: Path) -> Transport:
    """Keep each mail as a file; the same mail twice is one file."""

    def carry(mail: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        fresh = folder / f".{name}.new"
        fresh.write_bytes(bytes(mail))
        fresh.replace(folder / f"{name}.eml")

    return carry


def over_smtp(url: str) -> Transport:
    """`smtp://user:password@host:587?starttls=1` or `smtps://host`: one conversation a mail.

    The server must prove its name by a certificate: mails carry links that open visits and accounts.
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query)

    def carry(mail: EmailMessage) -> None:
        with _connection(parts.scheme, parts.hostname or "localhost", parts.port) as server:
            if options.get("starttls", ["0"])[0] == "1":
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)

    return carry


def _connection(scheme: str, host: str, port: int | None) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
    return smtplib.SMTP(host, port or 25, timeout=TIMEOUT)


def sender_of(url: str | None, base_url: str) -> str:
    """The address that mails come from: `?from=` in MAIL_URL, or no-reply at our own host."""
    chosen = parse_qs(urlsplit(url).query).get("from") if url else None
    return chosen[0] if chosen else f"Unknot <no-reply@{urlsplit(base_url).hostname or 'localhost'}>"
