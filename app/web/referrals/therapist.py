"""The therapist's side: who referred, the note, the visits suggested; and a word back to the doctor afterwards."""

from flask import Blueprint, flash, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import THERAPIST
from app.core.clock import now
from app.core.errors import Conflict, Forbidden, NotFound
from app.directory.queries import own_therapist
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.doors.locale import said
from app.referrals import services
from app.referrals.queries import link_by_id
from app.scheduling.queries import visit_by_id
from app.web.referrals.forms import OutcomeForm
from app.web.referrals.words import specialty_name
from app.web.scheduling.private import keep_private
from app.web.scheduling.words import local

referred = Blueprint("referred", __name__, url_prefix="/practice/visits/<int:booking_id>")
keep_private(referred)


@referred.route("/referral", methods=["GET", "POST"])
@audience(THERAPIST)
def referral(booking_id: int) -> str | tuple[str, int] | Response:
    """Opening it reads sealed words, so that is recorded."""
    mine = own_therapist(db.session, signed_in_user().id)
    if mine is None:
        raise NotFound(_("There is no such visit."))
    form, at, therapist_id = OutcomeForm(), now(), mine.id
    if form.validate_on_submit():
        try:
            with transaction() as session:
                services.write_outcome(session, booking_id, therapist_id, form.text.data, at)
        except (Conflict, Forbidden) as error:
            form.text.errors = [*form.text.errors, said(error)]
        else:
            flash(_("Saved. The doctor can read it now."), "ok")
            return redirect(f"/practice/visits/{booking_id}/referral", 303)
    page = _page(booking_id, therapist_id, form)
    return (page, 422) if form.errors else page


def _page(booking_id: int, therapist_id: int, form: OutcomeForm) -> str:
    at = now()
    with transaction() as session:
        one = visit_by_id(session, booking_id, therapist_id)
        note, cautions = services.read_note(session, booking_id, therapist_id, at)
        written = services.read_outcome_as_therapist(session, booking_id, therapist_id, at)
        checks = services.read_checks_as_therapist(session, booking_id, therapist_id, at)
        agreed = services.agreed(session, booking_id)
    link = link_by_id(db.session, one.referral_id, at)
    if link is None:
        raise NotFound(_("No doctor's link belongs to this visit."))
    if not form.is_submitted():
        form.text.data = written
    return render_template(
        "referrals/for_therapist.html",
        visit=one,
        starts_at=local(one.starts_at, one.time_zone),
        link=link,
        what=specialty_name(link.specialty_id),
        technique=specialty_name(link.technique_id),
        note=note,
        cautions=cautions,
        checks=[(local(each.at, one.time_zone), each) for each in checks],
        agreed=agreed,
        form=form,
        may_write=agreed and one.state == "attended",
    )
