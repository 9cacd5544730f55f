"""A new referral: one short page, filled in by hand, from a template or from a FHIR request."""

import json
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from app.accounts.roles import DOCTOR
from app.core.clock import now
from app.core.errors import Conflict, Invalid
from app.directory.catalogue import BY_SLUG
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.doors.where import locate
from app.finder.asking import clean
from app.finder.criteria import KM_PER_MILE, SearchCriteria
from app.referrals import fhir, queries, services
from app.referrals.links import DEFAULT_DAYS
from app.web.referrals import finding
from app.web.referrals.forms import ImportForm, ReferralForm
from app.web.referrals.room import me, my_id, referring

Answer = str | Response | tuple[str, int]
KEPT = ("specialty", "technique", "where", "radius", "suggested_visits", "days", "cautions", "note")
"""What a template keeps: nothing that is about one patient."""


@referring.route("/new", methods=["GET", "POST"])
@audience(DOCTOR)
@limiter.limit("120 per hour", methods=["POST"])
def new() -> Answer:
    form = ReferralForm(data=_given())
    if request.method == "GET" or request.form.get("go") == "find":
        return _page(form, look=request.method == "POST")
    if not form.validate():
        return _page(form), 422
    return _save_template(form) if request.form.get("go") == "template" else _make(form)


def _given() -> dict[str, Any]:
    wanted = request.args.get("template", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        return {}
    return queries.template(db.session, my_id(), int(wanted))


def _make(form: ReferralForm) -> Answer:
    kind = "standing" if request.form.get("go") == "standing" else "personal"
    try:
        facts = _facts(form)
        with transaction() as session:
            referral_id = services.refer(session, my_id(), facts, now(), kind).id
    except Invalid as error:
        form.blame(error.field, said(error))
        return _page(form), 422
    return redirect(url_for("referring.show", referral_id=referral_id), 303)


def _save_template(form: ReferralForm) -> Answer:
    facts = {name: form[name].data for name in KEPT}
    try:
        with transaction() as session:
            services.save_template(session, my_id(), form.template_name.data or "", facts)
    except (Invalid, Conflict) as error:
        form.blame("template_name", said(error))
        return _page(form), 422
    flash(_("The template is saved."), "ok")
    return redirect(url_for("referring.new"), 303)


def _facts(form: ReferralForm) -> services.ReferralFacts:
    """The form as the service wants it; Invalid when the place is none."""
    technique = BY_SLUG.get(form.technique.data or "")
    return services.ReferralFacts(
        specialty_id=BY_SLUG[form.specialty.data].id,
        technique_id=technique.id if technique else 0,
        cautions=clean(form.cautions.data or ""),
        area=_area(form),
        shortlist=tuple(form.shortlist.data or ()),
        suggested_visits=form.suggested_visits.data,
        days=form.days.data or DEFAULT_DAYS,
        note=clean(form.note.data or ""),
        label=clean(form.label.data or ""),
        source=_unsealed(form.source.data),
    )


def _area(form: ReferralForm) -> services.Area | None:
    where = clean(form.where.data or "")
    if not where:
        return None
    place = locate(where)
    if place.place is None:
        raise Invalid(place.note or _("We do not know this place."), field="where", code="place-unknown")
    return services.Area(place.place.label, place.place.lat, place.place.lon, int(form.radius.data) * KM_PER_MILE)


def _page(form: ReferralForm, *, look: bool = False, imported: fhir.Imported | None = None) -> str:
    """The form with the therapists to choose from: favourites, those ticked already, and those just looked for."""
    found: list[dict[str, Any]] = []
    if look:
        try:
            found = _near(form)
        except Invalid as error:
            form.blame(error.field, said(error))
    ticked = [each for each in form.shortlist.data or () if isinstance(each, int)]
    ids = list(dict.fromkeys([*ticked, *queries.favourites(db.session, my_id())]))
    own = queries.cards_of(db.session, ids, listing_day(now()))
    choices = {each.therapist_id: each.card for each in own if each.card}
    choices |= {each["id"]: each for each in found}
    return render_template(
        "referrals/new.html",
        form=form,
        doctor=me(),
        choices=choices,
        ticked=set(ticked),
        looked=look,
        found=found,
        templates=queries.templates(db.session, my_id()),
        imported=imported,
    )


def _near(form: ReferralForm) -> list[dict[str, Any]]:
    area = _area(form)
    specialty = BY_SLUG.get(form.specialty.data or "")
    if area is None or specialty is None:
        raise Invalid(_("Type a town or a ZIP first."), field="where", code="place-needed")
    technique = BY_SLUG.get(form.technique.data or "")
    criteria = SearchCriteria(specialty.id, technique.id if technique else 0, area.radius_km)
    return finding.people_near(db.session, criteria, (area.lat, area.lon))


@referring.route("/import", methods=["GET", "POST"])
@audience(DOCTOR)
def import_request() -> Answer:
    """A FHIR ServiceRequest fills in the form; what it holds besides is listed."""
    form = ImportForm()
    if not form.validate_on_submit():
        return render_template("referrals/import.html", form=form)
    try:
        imported = fhir.read(_uploaded() or form.json.data or "")
    except Invalid as error:
        form.json.errors = [*form.json.errors, said(error)]
        return render_template("referrals/import.html", form=form), 422
    filled = ReferralForm(formdata=None, data=_filled(imported))
    return _page(filled, imported=imported)


def _uploaded() -> str:
    file = request.files.get("file")
    if file is None:
        return ""
    try:
        return file.stream.read(fhir.MOST_BYTES + 1).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("This is not JSON. Paste the whole ServiceRequest.", field="json", code="fhir-json") from error


def _filled(imported: fhir.Imported) -> dict[str, Any]:
    days = (imported.until - now().date()).days if imported.until else DEFAULT_DAYS
    return {
        "specialty": imported.condition or None,
        "technique": imported.technique,
        "note": imported.note,
        "label": imported.label,
        "suggested_visits": imported.suggested_visits,
        "days": min(max(days, 1), 365),
        "source": _sealer().dumps(imported.source),
    }


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="fhir-source")


def _unsealed(text: str | None) -> str | None:
    """What the import kept for the answer; anything that we did not sign is as if it were not there."""
    try:
        source = _sealer().loads(text or "")
        return source if isinstance(source, str) and isinstance(json.loads(source), dict) else None
    except (BadSignature, ValueError):
        return None
