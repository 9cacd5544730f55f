"""The house's post: which feature writes which message, and what carries it."""

from flask import current_app

from app.core.clock import now
from app.directory.emails import RENDERERS as OF_THE_DIRECTORY
from app.doors.database import transaction
from app.notifications.delivery import Post, deliver_due
from app.notifications.messages import Letterhead
from app.notifications.transports import Transport, into_folder, over_smtp, sender_of
from app.referrals.emails import RENDERERS as OF_REFERRALS
from app.scheduling.emails import RENDERERS as OF_VISITS
from config import ROOT, Settings


def post_of(settings: Settings) -> Post:
    """The post as the settings want it; without MAIL_URL mails are kept in `outbox/` beside the database."""
    return Post(
        renderers={**OF_VISITS, **OF_THE_DIRECTORY, **OF_REFERRALS},
        letterhead=letterhead_of(settings),
        transport=_transport(settings),
    )


def letterhead_of(settings: Settings) -> Letterhead:
    return Letterhead(
        base_url=settings.base_url,
        sender=sender_of(settings.mail_url, settings.base_url),
        templates=ROOT / "templates" / "mail",
    )


def deliver(limit: int = 20) -> int:
    """Deliver what is due now; how many messages were tried. Needs an application context."""
    return deliver_due(transaction, post_of(current_app.config["SETTINGS"]), now, limit)


def _transport(settings: Settings) -> Transport:
    return over_smtp(settings.mail_url) if settings.mail_url else into_folder(settings.instance / "outbox")
