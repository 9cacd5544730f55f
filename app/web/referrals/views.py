"""Everything about one referral: what it says, how to give it out, and what came back."""

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.roles import DOCTOR
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotFound
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.finder.criteria import SearchCriteria
from app.referrals import fhir, links, queries, services, statuses
from app.referrals.models import Referral
from app.web.referrals import finding, handout_words, letter_list
from app.web.referrals.forms import PatientMailForm
from app.web.referrals.printing import link_address, pdf, qr_data, qr_svg
from app.web.referrals.room import me, my_id, referring
from app.web.referrals.words import specialty_name

Answer = str | AnyResponse | tuple[str, int]


@referring.get("/<int:referral_id>")
@audience(DOCTOR)
def show(referral_id: int) -> str:
    return _show(referral_id, PatientMailForm())


def _show(referral_id: int, form: PatientMailForm) -> str:
    at = now()
    with transaction() as session:
        referral = services.own(session, my_id(), referral_id)
        services.audited(session, f"doctor:{my_id()}", "referral-note", referral_id, at)
        notes = services.read_outcomes(session, me(), referral_id, at)
        checks = services.read_checks_as_doctor(session, me(), referral_id, at)
        letter = _letter(session, referral, at)
    people = queries.shortlist(db.session, referral_id, listing_day(at))
    criteria = SearchCriteria(referral.specialty_id)
    listed = [each for each in people if each.card]
    cards = finding.of_shortlist(db.session, listed, criteria)
    return render_template(
        "referrals/show.html",
        referral=referral,
        letter=letter_list.shown(letter),
        standing=_standing(referral, at),
        address=link_address(referral.code),
        what=specialty_name(referral.specialty_id),
        technique=specialty_name(referral.technique_id),
        people=cards,
        gone=len(people) - len(listed),
        notes=notes,
        checks=checks,
        form=form,
    )


def _letter(session: Any, referral: Referral, at: datetime) -> queries.Letter:
    visits = tuple(queries.shared_visits(session, referral.doctor_id, [referral.id]).get(referral.id, ()))
    shared = [statuses.Shared(each.state) for each in visits]
    return queries.Letter(
        referral.id, referral.kind, referral.specialty_id, referral.created_at, referral.valid_until,
        referral.revoked_at, referral.opened, referral.label,
        statuses.status(referral.created_at, referral.opened, shared, at), visits,
    )  # fmt: skip


def _standing(referral: Referral, at: datetime) -> links.Standing:
    return links.standing(links.LinkFacts(me().state, True, referral.revoked_at, referral.valid_until), at)


@referring.post("/<int:referral_id>/revoke")
@audience(DOCTOR)
def revoke(referral_id: int) -> AnyResponse:
    with transaction() as session:
        services.revoke(session, my_id(), referral_id, now())
    flash(_("The link no longer works. What was booked stays booked."), "ok")
    return redirect(url_for("referring.show", referral_id=referral_id), 303)


@referring.post("/<int:referral_id>/mail")
@audience(DOCTOR)
@limiter.limit("30 per day")
def mail(referral_id: int) -> Answer:
    form = PatientMailForm()
    if not form.validate():
        return _show(referral_id, form), 422
    try:
        with transaction() as session:
            services.mail_to_patient(session, my_id(), referral_id, form.email.data, form.language.data, now())
    except (Invalid, Conflict) as error:
        form.email.errors = [*form.email.errors, said(error)]
        return _show(referral_id, form), 422
    flash(_("The mail is on its way. We do not keep the address."), "ok")
    return redirect(url_for("referring.show", referral_id=referral_id), 303)


@referring.get("/<int:referral_id>/qr.svg")
@audience(DOCTOR)
def qr(referral_id: int) -> Response:
    referral = services.own(db.session, my_id(), referral_id)
    return Response(qr_svg(link_address(referral.code)), mimetype="image/svg+xml")


@referring.get("/<int:referral_id>/handout")
@audience(DOCTOR)
def handout(referral_id: int) -> str:
    facts = _sheet(referral_id)
    return render_template("referrals/handout.html", qr_src=url_for(".qr", referral_id=referral_id), **facts)


@referring.get("/<int:referral_id>/handout.pdf")
@audience(DOCTOR)
@limiter.limit("60 per hour")
def handout_pdf(referral_id: int) -> Response:
    facts = _sheet(referral_id)
    paper = "A4" if request.args.get("paper") == "a4" else "letter"
    page = render_template("referrals/handout_pdf.html", qr_src=qr_data(facts["address"]), paper=paper, **facts)
    answer = Response(pdf(page), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="handout.pdf"'
    return answer


def _sheet(referral_id: int) -> dict[str, Any]:
    referral = services.own(db.session, my_id(), referral_id)
    language = "es" if request.args.get("in") == "es" else "en"
    return {
        "referral": referral,
        "doctor": me(),
        "address": link_address(referral.code),
        "w": handout_words.words_in(language),
        "sheet_lang": language,
        "what": handout_words.name_of(referral.specialty_id, language),
        "technique": handout_words.name_of(referral.technique_id, language),
        "until": handout_words.day_of(referral.valid_until, language),
        "works": _standing(referral, now()) == "works",
    }


@referring.get("/<int:referral_id>/outcome.json")
@audience(DOCTOR)
def outcome(referral_id: int) -> Response:
    """What may be known of it, as FHIR R4. A link for a poster is no request for one patient."""
    at = now()
    with transaction() as session:
        referral = services.own(session, my_id(), referral_id)
        if referral.kind == "standing":
            raise NotFound("There is no such referral.", code="referral-unknown")
        notes = services.read_outcomes(session, me(), referral_id, at)
        letter = _letter(session, referral, at)
    facts = fhir.Outcome(
        referral_id,
        letter.status,
        _standing(referral, at) in ("revoked", "expired"),
        referral.created_at,
        at,
        specialty_name(referral.specialty_id),
        me().name,
        me().npi,
        sorted(notes.values()),
        referral.source,
    )
    text = json.dumps(fhir.write(facts), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": "attachment; filename=outcome.json"}
    return Response(text, mimetype="application/fhir+json", headers=headers)
