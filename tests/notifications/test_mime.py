"""A message as a mail: whatever is in it, the headers are ours."""

from datetime import UTC, datetime

import pytest

from app.notifications.messages import Letterhead, Message
from app.notifications.mime import to_mime
from config import ROOT

PAPER = Letterhead("https://unknot.example", "Unknot <post@unknot.example>", ROOT / "templates/mail")


def mail(**facts: str) -> str:
    message = Message(**{"to": "pat@example.test", "subject": "A subject", "text": "Words\n", **facts})
    return to_mime(message, "key", PAPER, datetime(2027, 3, 1, tzinfo=UTC)).as_string()


@pytest.mark.parametrize("field", ["to", "subject", "reply_to"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_no_value_writes_a_header_of_its_own(field: str, end: str) -> None:
    headers = mail(**{field: f"a@example.test{end}Bcc: all@example.test"}).partition("\n\n")[0]
    assert not [line for line in headers.splitlines() if line.startswith("Bcc")]


@pytest.mark.parametrize(
    ("address", "header"),
    [
        ("pat@example.test", "To: pat@example.test"),
        ("pat@b\u00fccher.example", "To: pat@xn--bcher-kva.example"),
        ("pat@stra\u00dfe.example", "To: pat@xn--strae-oqa.example"),
    ],
)
def test_a_host_is_written_as_every_server_takes_it(address: str, header: str) -> None:
    assert header in mail(to=address).splitlines()
