"""Messages that did not arrive, imports, and the history of decisions."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.administration import acts, note_act
from app.accounts.roles import ADMIN
from app.core.clock import now
from app.core.errors import NotFound
from app.directory import review
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.notifications import delivery
from app.notifications.models import OutboxMessage
from app.web.admin import records
from app.web.admin.room import EmptyForm, admin, names, who


@admin.get("/messages")
@audience(ADMIN)
def messages() -> str:
    """What failed: kind, tries and error. What is in a message is not shown to anybody."""
    return render_template(
        "admin/messages.html",
        rows=delivery.failed(db.session),
        counts=delivery.counts(db.session, now()),
        records=records,
        form=EmptyForm(formdata=None),
    )


@admin.post("/messages/<int:message_id>/retry")
@audience(ADMIN)
def retry_message(message_id: int) -> Response:
    with transaction() as session:
        if session.get(OutboxMessage, message_id) is None:
            raise NotFound("There is no such message.")
        delivery.retry(session, message_id, now())
        note_act(session, who(), "retried", f"message:{message_id}")
    flash(_("It will be tried again within a minute."), "success")
    return redirect(url_for(".messages"))


@admin.get("/imports")
@audience(ADMIN)
def imports() -> str:
    return render_template("admin/imports.html", rows=review.import_runs(db.session), records=records)


@admin.get("/history")
@audience(ADMIN)
def history() -> str:
    done, events = acts(db.session), review.licence_events(db.session)
    known = names([each for one in done for each in (one.actor, one.subject)] + [one.actor for one, _which in events])
    return render_template("admin/history.html", acts=done, events=events, names=known, records=records)
