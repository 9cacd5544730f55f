"""The queue of licences: the claim, what registry and board say of it, the evidence, the decision."""

from typing import Any

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.roles import ADMIN
from app.core.clock import today
from app.core.errors import DomainError
from app.core.texts import one_line
from app.directory import review, services
from app.directory.boards import LOOK_UPS, REGISTRY
from app.directory.jurisdictions import NAMES
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.models import Licence
from app.directory.services.evidence import fit_to_keep
from app.doors.audience import audience
from app.doors.database import db, in_transaction
from app.doors.locale import said
from app.web.admin import words
from app.web.admin.room import EvidenceForm, LicenceForm, admin, names, who
from app.web.files import as_download


@admin.get("/licences")
@audience(ADMIN)
def licences() -> str:
    asked = _asked()
    return render_template(
        "admin/licences.html",
        rows=review.licences_to_check(db.session, **asked),
        count=review.count_to_check(db.session, **asked),
        asked=asked,
        states=NAMES,
        look_ups=LOOK_UPS,
    )


@admin.get("/licences/<int:licence_id>")
@audience(ADMIN)
def licence(licence_id: int) -> str:
    row = review.licence(db.session, licence_id)
    form = LicenceForm(formdata=None, data={"status": _status(row), "expires_on": row.expires_on})
    return _page(row, form, EvidenceForm(formdata=None))


@admin.post("/licences/<int:licence_id>")
@audience(ADMIN)
def decide_licence(licence_id: int) -> Response | tuple[str, int]:
    form = LicenceForm()
    row = review.licence(db.session, licence_id)
    if not form.validate():
        return _page(row, form, EvidenceForm(formdata=None)), 422
    change = services.LicenceChange(
        status=LicenceStatus(form.status.data),
        checked_how=CheckedHow.ADMIN,
        checked_on=today(),
        expires_on=form.expires_on.data,
        words=form.reason.data or "",
    )
    actor = who()
    in_transaction(lambda session: services.verify_licence(session, licence_id, change, actor=actor))
    flash(_("Decided: %(number)s is %(status)s.", number=row.number, status=words.STATUS[form.status.data]), "success")
    return redirect(url_for(".licences", **_asked()))


@admin.post("/licences/<int:licence_id>/evidence")
@audience(ADMIN)
def add_evidence(licence_id: int) -> Response | tuple[str, int]:
    form, by = EvidenceForm(), who()
    row = review.licence(db.session, licence_id)
    if form.validate():
        try:
            file = fit_to_keep(form.file.data.read())
            in_transaction(lambda session: services.add_evidence(session, licence_id, file, by))
        except DomainError as error:
            form.file.errors = [said(error)]
        else:
            flash(_("Kept."), "success")
            return redirect(url_for(".licence", licence_id=licence_id, **_asked()))
    return _page(
        row, LicenceForm(formdata=None, data={"status": _status(row), "expires_on": row.expires_on}), form
    ), 422


@admin.get("/evidence/<int:evidence_id>")
@audience(ADMIN)
def evidence(evidence_id: int) -> FlaskResponse:
    """Always a download: a stranger's file is never opened on our own address."""
    return as_download(*services.content_of(db.session, evidence_id), f"evidence-{evidence_id}")


def _asked() -> dict[str, Any]:
    """What the queue is searched for, kept while the found ones are decided: words, and a state that there is."""
    words, state = one_line(request.args.get("q", ""))[:100], request.args.get("state", "")
    said = {"q": words, "state": state if state in NAMES else ""}
    return {name: each for name, each in said.items() if each}


def _status(row: Licence) -> str:
    return "active" if row.status == "unknown" else row.status


def _page(row: Licence, form: LicenceForm, evidence_form: EvidenceForm) -> str:
    files = review.evidence_of(db.session, row.id)
    return render_template(
        "admin/licence.html",
        row=row,
        form=form,
        evidence_form=evidence_form,
        asked=_asked(),
        evidence=files,
        names=names([each.handed_in_by for each in files] + [each.actor for each in row.events]),
        look_up=LOOK_UPS.get(row.jurisdiction),
        registry=REGISTRY + row.therapist.npi if row.therapist.npi else None,
    )
