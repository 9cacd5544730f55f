"""`/dev/mailbox`: what the post would have sent, as it would arrive. Development only."""

from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import NotFound
from app.doors.audience import audience
from app.doors.post import deliver

mailbox = Blueprint("mailbox", __name__, url_prefix="/dev/mailbox")
MOST = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail in the folder. `files` are (name, type, text) of its attachments."""

    name: str
    mail: EmailMessage

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def files(self) -> list[tuple[str, str, str]]:
        parts = [part for part in self.mail.walk() if part.get_filename()]
        return [(str(part.get_filename()), part.get_content_type(), _as_text(part)) for part in parts]

    def _body(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return str(part.get_content()) if part else ""


@mailbox.get("")
@audience("development")
def all_mails() -> str:
    files = sorted(_folder().glob("*.eml"), key=lambda file: file.stat().st_mtime, reverse=True)[:MOST]
    return render_template("dev/mailbox.html", mails=[_read(file) for file in files])


@mailbox.post("/deliver")
@audience("development")
def deliver_now() -> AnyResponse:
    """What is due, without waiting for the worker."""
    flash(f"{deliver(100)} messages were due.", "ok")
    return redirect("/dev/mailbox", 303)


@mailbox.get("/<name>")
@audience("development")
def one(name: str) -> Response:
    answer = make_response(render_template("dev/mail.html", kept=_kept(name)))
    policy_ = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; frame-src 'self'"
    answer.headers["Content-Security-Policy"] = f"{policy_}; form-action 'self'; frame-ancestors 'none'"
    return answer


@mailbox.get("/<name>/html")
@audience("development")
def as_html(name: str) -> Response:
    """The mail's own HTML, in a sandbox."""
    answer = make_response(_kept(name).html)
    answer.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def _kept(name: str) -> Kept:
    file = next((each for each in _folder().glob("*.eml") if each.stem == name), None)
    if file is None:
        raise NotFound("There is no such mail.")
    return _read(file)


def _read(file: Path) -> Kept:
    mail: EmailMessage = BytesParser(policy=policy.default).parsebytes(file.read_bytes())
    return Kept(file.stem, mail)


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].instance / "outbox"
    return folder


def _as_text(part: EmailMessage) -> str:
    content = part.get_content()
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else str(content)
