"""Mails carry links that open visits and accounts: they go only to a server that proves its name."""

import socket
import ssl
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from app.notifications.transports import over_smtp
from tests.support.certificates import certificate


class Keeping:
    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        self.taken += 1
        return "250 taken"


class Upgrading(Controller):
    """Speaks TLS after STARTTLS, and takes no mail before."""

    def __init__(self, handler: Keeping, tls: ssl.SSLContext, port: int) -> None:
        self.tls = tls
        super().__init__(handler, hostname="localhost", port=port)

    def factory(self) -> SMTP:
        return SMTP(self.handler, tls_context=self.tls, require_starttls=True)


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    return certificate(tmp_path, "localhost")


@pytest.fixture(params=["smtps", "starttls"])
def server(request: pytest.FixtureRequest, proof: Path) -> Iterator[tuple[Keeping, str]]:
    """What was taken, and MAIL_URL."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(proof)
    keeping, port = Keeping(), _free_port()
    if request.param == "smtps":
        controller: Controller = Controller(keeping, hostname="localhost", port=port, ssl_context=tls)
        url = f"smtps://localhost:{port}"
    else:
        controller, url = Upgrading(keeping, tls, port), f"smtp://localhost:{port}?starttls=1"
    controller.start()
    yield keeping, url
    controller.stop()


def test_a_server_that_anybody_could_be_gets_nothing(server: tuple[Keeping, str]) -> None:
    keeping, url = server
    with pytest.raises(ssl.SSLCertVerificationError):
        over_smtp(url)(_mail())
    assert not keeping.taken


def test_a_server_whose_certificate_we_trust_gets_the_mail(
    server: tuple[Keeping, str], proof: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping, url = server
    monkeypatch.setenv("SSL_CERT_FILE", str(proof))
    over_smtp(url)(_mail())
    assert keeping.taken == 1


def _mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "post@unknot.example", "pat@example.test", "Hello"
    mail.set_content("Plain words.")
    return mail


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
