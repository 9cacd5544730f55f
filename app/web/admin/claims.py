"""Claims of imported pages, doctors who want to refer, and what visitors report."""

from collections.abc import Callable

from flask import render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.administration import note_act
from app.accounts.roles import ADMIN
from app.core.clock import now
from app.directory import review, services
from app.directory.boards import LOOK_UPS, REGISTRY
from app.doors.audience import audience
from app.doors.database import db
from app.referrals import queries as referral_queries
from app.referrals.services import doctors as doctor_services
from app.web.admin.doctor_words import shown
from app.web.admin.room import EmptyForm, OptionalReasonForm, ReasonForm, admin, decided, who
from app.web.directory.forms import REASONS


@admin.get("/")
@audience(ADMIN)
def home() -> str:
    counts = {**review.waiting_counts(db.session), "doctors": referral_queries.waiting_count(db.session)}
    return render_template("admin/home.html", counts=counts)


@admin.get("/claims")
@audience(ADMIN)
def claims() -> str:
    rows = review.open_claims(db.session)
    return render_template(
        "admin/claims.html",
        rows=rows,
        count=review.waiting_count(db.session, "claims"),
        files=review.evidence_of_claims(db.session, [row.claim.id for row in rows]),
        form=ReasonForm(formdata=None),
        look_ups=LOOK_UPS,
        registry=REGISTRY,
    )


@admin.post("/claims/<int:claim_id>/<any(grant, refuse):word>")
@audience(ADMIN)
def decide_claim(claim_id: int, word: str) -> Response:
    reason = _reason()
    return _decided(
        ".claims",
        f"claim:{claim_id}",
        word,
        reason,
        lambda session: services.decide_claim(
            session, claim_id, granted=word == "grant", by=who(), reason=reason, now=now()
        ),
    )


@admin.get("/doctors")
@audience(ADMIN)
def doctors() -> str:
    """Who waits, with what the registry says of them; and who is verified although it says otherwise by now."""
    waiting, doubtful = referral_queries.waiting_doctors(db.session), referral_queries.doubtful_doctors(db.session)
    return render_template(
        "admin/doctors.html",
        rows=[shown(each) for each in waiting],
        verified=[shown(each) for each in doubtful],
        form=OptionalReasonForm(formdata=None),
        registry=REGISTRY,
    )


@admin.post("/doctors/<int:doctor_id>/<any(verify, refuse):word>")
@audience(ADMIN)
def decide_doctor(doctor_id: int, word: str) -> Response:
    reason = _reason()
    return _decided(
        ".doctors",
        f"doctor:{doctor_id}",
        word,
        reason,
        lambda session: doctor_services.decide(
            session, doctor_id, verified=word == "verify", by=who(), reason=reason, now=now()
        ),
    )


@admin.get("/reports")
@audience(ADMIN)
def reports() -> str:
    return render_template(
        "admin/reports.html",
        rows=review.open_reports(db.session),
        count=review.waiting_count(db.session, "reports"),
        reasons=REASONS,
        form=EmptyForm(formdata=None),
    )


@admin.post("/reports/<int:report_id>/settle")
@audience(ADMIN)
def settle_report(report_id: int) -> Response:
    settle = lambda session: services.settle_report(session, report_id)  # noqa: E731
    return _decided(".reports", f"report:{report_id}", "settled", "", settle)


def _reason() -> str:
    return OptionalReasonForm().reason.data or ""


def _decided(back: str, subject: str, word: str, words: str, decide: Callable[[Session], object]) -> Response:
    """Decide and note it, together."""

    def act(session: Session) -> None:
        decide(session)
        note_act(session, who(), word, subject, words)

    return decided(act, url_for(back))
