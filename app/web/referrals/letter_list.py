"""The doctor's letter box: a page at a time, by status, by words of the doctor's own label; and all of it as a table."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.roles import DOCTOR
from app.core.clock import now
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.readable import row_number
from app.finder.asking import clean
from app.referrals import queries, services, spreadsheets, statuses
from app.referrals.queries import Place
from app.referrals.statuses import Status
from app.web.referrals.room import me, my_id, referring
from app.web.referrals.words import STATUS_KIND, specialty_name, status_words
from app.web.scheduling.words import local

PER_PAGE = 25
LONGEST_WORDS = 120
STATUSES: tuple[Status, ...] = get_args(Status)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the list is wanted. `words` come in a form's body and never in an address: they may name a patient."""

    status: Status | None
    words: str
    before: Place | None

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.words)


@referring.route("/", methods=["GET", "POST"])
@audience(DOCTOR)
@limiter.limit("60 per minute", methods=["POST"])
def index() -> str:
    """The list, with what may be known of each. The labels are sealed: reading them is recorded."""
    asked, at = _asked(), now()
    with transaction() as session:
        page = _read(session, asked, at)
    return render_template(
        "referrals/index.html",
        doctor=me(),
        asked=asked,
        letters=[shown(each) for each in page.letters],
        older=_written(page.older) if page.older else "",
        statuses=[(each, status_words(each)) for each in STATUSES],
        months=queries.months(db.session, my_id(), at),
        standing=queries.standing_link(db.session, my_id()),
        favourites=queries.favourites(db.session, my_id()),
        templates=queries.templates(db.session, my_id()),
    )


def _read(session: Session, asked: Asked, at: datetime) -> queries.Page:
    services.audited(session, f"doctor:{my_id()}", "referral-labels", my_id(), at)
    return queries.letters(
        session, my_id(), at, before=asked.before, status=asked.status, words=asked.words, limit=PER_PAGE
    )


def _asked() -> Asked:
    """What cannot be meant is as if it were not there."""
    status = request.values.get("status")
    return Asked(
        next((each for each in STATUSES if each == status), None),
        clean(request.form.get("words", ""))[:LONGEST_WORDS],
        _place(request.values.get("before", "")),
    )


def _written(place: Place) -> str:
    return f"{(place.created_at - EPOCH) // timedelta(microseconds=1)}-{place.id}"


def _place(text: str) -> Place | None:
    at, _dash, number = text.partition("-")
    if not (text.isascii() and at.isdigit() and number.isdigit() and len(at) < 18 and len(number) < 18):
        return None
    try:
        return Place(EPOCH + timedelta(microseconds=int(at)), row_number(int(number)))
    except OverflowError:
        return None


def shown(letter: queries.Letter) -> dict[str, Any]:
    """A referral as the pages show it. A link for a poster is everybody's, so no one status is its own."""
    ended = bool(letter.revoked_at or (letter.valid_until and letter.valid_until <= now()))
    return {
        "id": letter.id,
        "standing": letter.kind == "standing",
        "label": letter.label,
        "what": specialty_name(letter.specialty_id),
        "made_on": letter.created_at.date(),
        "opened": letter.opened,
        "words": status_words(letter.status),
        "tone": STATUS_KIND.get(letter.status, "plain"),
        "ended": ended,
        "revoked": letter.revoked_at is not None,
        "visits": [_visit(each) for each in letter.visits],
    }


def _visit(visit: queries.SharedVisit) -> dict[str, Any]:
    return {
        "id": visit.booking_id,
        "starts_at": local(visit.starts_at, visit.time_zone),
        "therapist": visit.therapist_name,
        "words": status_words(statuses.OF_STATE[visit.state]),
    }


@referring.get("/referrals.csv")
@audience(DOCTOR)
@limiter.limit("30 per hour")
def table() -> Response:
    """The whole list for a spreadsheet, one line a referral; days as 2026-12-31, which every spreadsheet sorts."""
    at = now()
    with transaction() as session:
        services.audited(session, f"doctor:{my_id()}", "referral-labels", my_id(), at)
        letters = queries.every_letter(session, my_id(), at)
    header = [_("Made on"), _("Label"), _("For"), _("Status"), _("Opened"), _("Visits"), _("Works until")]
    headers = {"Content-Disposition": "attachment; filename=referrals.csv"}
    text = spreadsheets.table(header, (_row(each) for each in letters))
    return Response(text, content_type="text/csv; charset=utf-8", headers=headers)


def _row(letter: queries.Letter) -> tuple[object, ...]:
    visits = [_visit(each) for each in letter.visits]
    return (
        letter.created_at.date().isoformat(),
        letter.label,
        specialty_name(letter.specialty_id),
        "" if letter.kind == "standing" else status_words(letter.status),
        letter.opened,
        "; ".join(f"{one['starts_at'].date().isoformat()} {one['therapist']}: {one['words']}" for one in visits),
        letter.valid_until.date().isoformat() if letter.valid_until else "",
    )


@referring.post("/templates/<int:template_id>/delete")
@audience(DOCTOR)
def delete_template(template_id: int) -> AnyResponse:
    with transaction() as session:
        services.delete_template(session, my_id(), template_id)
    return redirect(url_for("referring.index") + "#templates", 303)


@referring.post("/weekly")
@audience(DOCTOR)
def weekly() -> AnyResponse:
    with transaction() as session:
        services.set_digest(session, my_id(), request.form.get("weekly") == "yes")
    flash(_("Saved."), "ok")
    return redirect(url_for("referring.index") + "#weekly", 303)
