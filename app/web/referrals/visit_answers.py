"""On the page of a visit: the patient's yes to the doctor, taken back as easily, and the outcome checks."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.core.clock import now
from app.doors.audience import audience
from app.doors.database import transaction
from app.doors.limits import limit
from app.referrals import checks, services
from app.referrals.queries import link_by_id
from app.scheduling.queries import Visit, visit
from app.web.referrals.forms import CheckForm
from app.web.scheduling.private import keep_private
from app.web.scheduling.words import local

visit_answers = Blueprint("visit_answers", __name__, url_prefix="/visits/<token>")
keep_private(visit_answers)


def referral_of(session: Session, one: Visit) -> dict[str, Any] | None:
    """What the page of a visit says of the doctor who referred; None without one."""
    link = link_by_id(session, one.referral_id, now())
    if link is None or link.standing == "unverified":
        return None
    return {"doctor": link.doctor_name, "agreed": services.agreed(session, one.id)}


@visit_answers.post("/doctor")
@audience("public")
@limit("LIMIT_CODE")
def tell_doctor(token: str) -> Response:
    with transaction() as session:
        if request.form.get("tell") == "yes":
            services.give_consent(session, token, now())
        else:
            services.withdraw_consent(session, token, now())
    flash(_("Saved. You can change it here at any time."), "ok")
    return redirect(f"/visits/{token}", 303)


@visit_answers.route("/checks", methods=["GET", "POST"])
@audience("public")
@limit("LIMIT_CODE", "POST")
def outcome_checks(token: str) -> str | tuple[str, int] | Response:
    """Two questions, and the answers so far as a chart. Reading it is recorded."""
    form = CheckForm()
    if request.form.get("go") == "share":
        with transaction() as session:
            services.share_checks(session, token, request.form.get("shared", ""))
        flash(_("Saved."), "ok")
        return redirect(f"/visits/{token}/checks", 303)
    if form.validate_on_submit():
        answers = checks.Answers(int(form.pain.data), form.hard.data or "")
        with transaction() as session:
            services.add_check(session, token, form.moment.data, answers, form.shared.data, now())
        flash(_("Saved."), "ok")
        return redirect(f"/visits/{token}/checks", 303)
    with transaction() as session:
        one = visit(session, token)
        known = services.read_own_checks(session, token, now())
        referred = one.referral_id is not None
    shown = [(local(each.at, one.time_zone), each) for each in known]
    if not referred:
        form.shared.choices = form.shared.choices[:2]
    if known and not form.is_submitted():
        form.shared.data = known[-1].shared
        form.moment.data = "review"
    levels = {each.shared for each in known}
    page = render_template(
        "referrals/checks.html",
        form=form,
        visit=one,
        url=f"/visits/{token}",
        known=shown,
        sharing=levels.pop() if len(levels) == 1 else "some",
        referred=referred,
    )
    return (page, 422) if form.errors else page
