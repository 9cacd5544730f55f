"""A new referral: one short page, filled in by hand, from a template or from a FHIR request."""

import json
from datetime import datetime
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
from app.finder.criteria import KM_PER_MILE
from app.referrals import codes, fhir, queries, services
from app.referrals.drafts import MOST_SHORTLISTED, Draft
from app.referrals.links import DEFAULT_DAYS
from app.web.referrals.forms import ImportForm, ReferralForm
from app.web.referrals.room import me, my_id, referring

Answer = str | Response | tuple[str, int]
KEPT = ("specialty", "technique", "where", "radius", "suggested_visits", "days", "cautions", "note")
"""What a template keeps: nothing that is about one patient."""
MOST_KEPT = 12_000
"""Letters of one field of a draft; what the form refuses is refused when the link is made."""


@referring.route("/new", methods=["GET", "POST"])
@audience(DOCTOR)
@limiter.limit("120 per hour", methods=["POST"])
def new() -> Answer:
    begun = queries.draft_of(db.session, my_id(), now())
    if request.method == "GET":
        return _begin(begun)
    form = ReferralForm()
    if request.form.get("go") == "choose":
        return _choose(form)
    if not form.validate():
        return _page(form), 422
    return _save_template(form) if request.form.get("go") == "template" else _make(form)


def _begin(begun: tuple[Draft, datetime] | None) -> str:
    """The form as it was left, or filled in from a template; the list stays either way."""
    filled = _template()
    given = {**(begun[0].form if begun and filled is None else {}), **(filled or {})}
    form = ReferralForm(formdata=None, data={**given, "shortlist": begun[0].shortlist if begun else ()})
    return _page(form, begun_at=begun[1] if begun else None)


def _template() -> dict[str, Any] | None:
    wanted = request.args.get("template", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        return None
    return queries.template(db.session, my_id(), int(wanted))


def _choose(form: ReferralForm) -> Response:
    """Keep what is filled in, wrong or not, and go to the search."""
    kept = {name: form[name].data for name in (*KEPT, "label", "source")}
    short = {name: value[:MOST_KEPT] if isinstance(value, str) else value for name, value in kept.items()}
    ticked = [each for each in form.shortlist.data or () if isinstance(each, int)]
    with transaction() as session:
        draft = Draft(short, tuple(dict.fromkeys(ticked))[:MOST_SHORTLISTED])
        services.keep_draft(session, my_id(), draft, now())
    return redirect(url_for(".therapists"), 303)


def _make(form: ReferralForm) -> Answer:
    kind = "standing" if request.form.get("go") == "standing" else "personal"
    try:
        facts = _facts(form)
        with transaction() as session:
            referral_id = services.refer(session, my_id(), facts, now(), kind).id
            services.drop_draft(session, my_id())
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


def _page(form: ReferralForm, *, imported: fhir.Imported | None = None, begun_at: datetime | None = None) -> str:
    """The form with the therapists to choose from: those ticked already, and the favourites."""
    ticked = [each for each in form.shortlist.data or () if isinstance(each, int)]
    liked = queries.favourites(db.session, my_id())
    ids = list(dict.fromkeys([*ticked, *(each.id for each in liked)]))
    cards = queries.cards_of(db.session, ids, listing_day(now()))
    return render_template(
        "referrals/new.html",
        form=form,
        doctor=me(),
        choices={each.therapist_id: each.card for each in cards if each.card},
        notes={each.id: each.note for each in liked},
        ticked=set(ticked),
        gone=sum(each.card is None for each in cards if each.therapist_id in ticked),
        templates=queries.templates(db.session, my_id()),
        imported=imported,
        understood=_understood(imported) if imported else [],
        begun_at=begun_at,
    )


@referring.route("/import", methods=["GET", "POST"])
@audience(DOCTOR)
@limiter.limit("60 per hour", methods=["POST"])
def import_request() -> Answer:
    """A FHIR ServiceRequest fills in the form; what it holds besides is listed."""
    form = ImportForm()
    if not form.validate_on_submit():
        return _import_page(form)
    try:
        imported = fhir.read(_given(form))
    except Invalid as error:
        form.json.errors = [*form.json.errors, said(error)]
        return _import_page(form), 422
    filled = ReferralForm(formdata=None, data=_filled(imported))
    return _page(filled, imported=imported)


def _import_page(form: ImportForm) -> str:
    known = [(said(BY_SLUG[slug].name), *lists) for slug, lists in codes.of_each_condition().items()]
    return render_template("referrals/import.html", form=form, codes=known)


def _given(form: ImportForm) -> str:
    """The file or what was pasted; Invalid when there is neither."""
    text = _uploaded() or form.json.data or ""
    if not text.strip():
        raise Invalid("Choose a file or paste the ServiceRequest.", field="json", code="fhir-empty")
    return text


def _uploaded() -> str:
    file = request.files.get("file")
    if file is None:
        return ""
    whole = file.stream.read(fhir.MOST_BYTES + 1)
    if len(whole) > fhir.MOST_BYTES:
        raise Invalid("This file is larger than a referral can be.", field="json", code="fhir-large")
    try:
        return whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("This is not JSON. Paste the whole ServiceRequest.", field="json", code="fhir-json") from error


def _understood(imported: fhir.Imported) -> list[tuple[str, str]]:
    """(code, what it means here) of what is in our tables, each once."""
    words = ((each.code, said(BY_SLUG[each.slug].name) if each.slug else _("massage")) for each in imported.known)
    return list(dict.fromkeys(words))[:20]


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
