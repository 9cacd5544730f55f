"""The doctor's letter box, and everything about one referral."""

import json
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.accounts.roles import DOCTOR
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.finder.criteria import SearchCriteria
from app.referrals import fhir, links, queries, services, spreadsheets, statuses
from app.referrals.models import Referral
from app.web.formatting import day as day_words
from app.web.referrals import finding, handout_words
from app.web.referrals.forms import PatientMailForm
from app.web.referrals.printing import link_address, pdf, qr_data, qr_svg
from app.web.referrals.room import me, my_id, referring
from app.web.referrals.words import STATUS_KIND, specialty_name, status_words
from app.web.scheduling.words import local

Answer = str | AnyResponse | tuple[str, int]
PER_PAGE = 200


@referring.get("/")
@audience(DOCTOR)
def index() -> str:
    """The list, with what may be known of each. The labels are sealed: reading them is recorded."""
    with transaction() as session:
        services.audited(session, f"doctor:{my_id()}", "referral-labels", my_id(), now())
        letters = queries.letters(session, my_id(), now(), limit=PER_PAGE)
    personal = [each for each in letters if each.kind == "personal"]
    rows = [(each.created_at, each.opened, each.status) for each in personal]
    return render_template(
        "referrals/index.html",
        doctor=me(),
        letters=[_shown(each) for each in letters],
        months=statuses.months(rows, now().date()),
        standing=queries.standing_link(db.session, my_id()),
        favourites=queries.favourites(db.session, my_id()),
        templates=queries.templates(db.session, my_id()),
    )


def _shown(letter: queries.Letter) -> dict[str, Any]:
    ended = bool(letter.revoked_at or (letter.valid_until and letter.valid_until <= now()))
    return {
        "id": letter.id,
        "standing": letter.kind == "standing",
        "label": letter.label,
        "what": specialty_name(letter.specialty_id),
        "made_on": letter.created_at.date(),
        "opened": letter.opened,
        "status": letter.status,
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
        "words": status_words(statuses.OF_STATE.get(visit.state, "requested")),
    }


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
        letter=_shown(letter),
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
    visits = tuple(queries.shared_visits(session, referral.doctor_id, referral.id).get(referral.id, ()))
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
        "w": handout_words.WORDS[language],
        "sheet_lang": language,
        "what": handout_words.name_of(referral.specialty_id, language),
        "technique": handout_words.name_of(referral.technique_id, language),
        "until": handout_words.day_of(referral.valid_until, language),
        "works": _standing(referral, now()) == "works",
    }


@referring.get("/<int:referral_id>/outcome.json")
@audience(DOCTOR)
def outcome(referral_id: int) -> Response:
    """What may be known of it, as FHIR R4."""
    at = now()
    with transaction() as session:
        referral = services.own(session, my_id(), referral_id)
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


@referring.get("/referrals.csv")
@audience(DOCTOR)
def table() -> Response:
    """The whole list for a spreadsheet, one line a referral."""
    at = now()
    with transaction() as session:
        services.audited(session, f"doctor:{my_id()}", "referral-labels", my_id(), at)
        letters = queries.letters(session, my_id(), at, limit=100_000)
    header = [_("Made on"), _("Label"), _("For"), _("Status"), _("Opened"), _("Visits"), _("Works until")]
    rows = [
        (
            day_words(each.created_at.date()),
            each.label,
            specialty_name(each.specialty_id),
            status_words(each.status),
            each.opened,
            "; ".join(f"{v.starts_at.date().isoformat()} {v.therapist_name}" for v in each.visits),
            day_words(each.valid_until.date()) if each.valid_until else "",
        )
        for each in letters
    ]
    headers = {"Content-Disposition": "attachment; filename=referrals.csv"}
    return Response(spreadsheets.table(header, rows), content_type="text/csv; charset=utf-8", headers=headers)


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
