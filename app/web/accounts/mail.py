"""Mails about an account go into our outbox, in the transaction that caused them."""

from contextlib import nullcontext
from typing import Any

from flask import Flask, after_this_request
from flask_babel import force_locale, gettext
from flask_security import MailUtil
from flask_security.utils import send_mail
from werkzeug.wrappers import Response

from app.accounts.models import User
from app.core import clock
from app.core.catalogues import known
from app.core.tokens import new_token
from app.doors.database import db
from app.notifications.messages import Message
from app.notifications.outbox import enqueue_message


class OutboxMail(MailUtil):
    """Queued, not sent: a page answers as fast for a known address as for an unknown one."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)

    def normalize(self, email: str) -> str:
        return str(super().normalize(email.strip())).lower()

    def validate(self, email: str) -> str:
        return str(super().validate(email.strip())).lower()

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: str | tuple[str, str],
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        to = recipient if isinstance(recipient, str) else recipient[1]
        message = Message(to, str(subject), (body or "").strip() + "\n", html)
        key = f"account:{new_token()}"
        enqueue_message(db.session, key, message, about="account", send_after=clock.now())
        after_this_request(_commit)


def _commit(response: Response) -> Response:
    """The library commits only what it changed itself; a mail alone is a change too."""
    db.session.commit()
    return response


def post(letter: str, subject: str, email: str, *, user: User | None = None, **facts: object) -> None:
    """Write the letter `templates/security/email/<letter>` to an address, under a subject that is marked by `N_`.

    In the language of the account, because anybody may press the button that sends it; in the page's to nobody's address.
    """
    with force_locale(known(user.language)) if user else nullcontext():
        send_mail(gettext(subject), email, f"security/email/{letter}", email=email, user=user, **facts)
