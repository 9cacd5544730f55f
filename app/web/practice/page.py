"""About you: what visitors read. Two windows may edit it; the second is told before anything is overwritten."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import EmailField, HiddenField, RadioField, StringField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Length, Optional, Regexp

from app.core import clock
from app.core.errors import Conflict
from app.core.markdown import simple
from app.directory import languages
from app.directory import services as directory
from app.directory.card import initials
from app.directory.catalogue import BY_ID, BY_SLUG, SPECIALTIES
from app.directory.models import Therapist
from app.directory.queries import own_practice
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.web.fields import CheckboxesField, WholeNumber, not_blank, plain
from app.web.finder.results import language_name
from app.web.practice.room import my_id, practice

Answer = str | Response | tuple[str, int]
LONGEST_BIO = 4000
TEXTS = ("first_name", "last_name", "credentials", "phone", "email", "website", "bio")


class PhotoForm(FlaskForm):
    photo = FileField(
        _l("A picture of your face"),
        description=_l("JPEG, PNG or WebP up to 5 MB. It is cut square. Where and when it was taken is removed."),
        id="photo-file",
    )


class PageForm(FlaskForm):
    """`version` is the one that the page showed."""

    version = HiddenField()
    first_name = StringField(_l("First name"), [not_blank(_l("Write your first name.")), Length(max=80)])
    last_name = StringField(_l("Last name"), [not_blank(_l("Write your last name.")), Length(max=80)])
    credentials = StringField(_l("Letters after your name"), [Length(max=80)], description=_l("Such as LMT."))
    bio = TextAreaField(
        _l("In your own words"),
        [Length(max=LONGEST_BIO)],
        description=_l("How you work and whom you help. **bold**, *italic*, lists with - and [links](https://…) work."),
    )
    gender = RadioField(
        _l("Gender"),
        choices=[
            SelectChoice("", _l("Not shown")),
            SelectChoice("female", _l("A woman")),
            SelectChoice("male", _l("A man")),
            SelectChoice("other", _l("Non-binary")),
        ],
        description=_l("Some people look for it."),
    )
    phone = StringField(_l("Phone for patients"), [Length(max=32)])
    email = EmailField(
        _l("E-mail for requests"),
        [Optional(), Length(max=254), Email(_l("That is not an e-mail address."))],
        description=_l("Never shown. Requests and answers go there."),
    )
    website = URLField(
        _l("Website"),
        [Optional(), Length(max=300), Regexp(r"https?://[^\s]+$", message=_l("It starts with https://"))],
    )
    practising_since = WholeNumber(_l("In practice since (year)"), 1950, 2100)
    languages = CheckboxesField(_l("Languages you speak with patients"))

    def fill_choices(self) -> None:
        common = [SelectChoice(code, language_name(code)) for code in languages.CODES]
        self.languages.choices = sorted(common, key=lambda each: (each.value != "en", str(each.label)))

    def facts(self) -> dict[str, Any]:
        own = {name: plain(self[name].data) for name in TEXTS if name != "bio"}
        name = f"{own['first_name']} {own['last_name']}".strip()
        optional = {each: own[each] or None for each in ("phone", "email", "website")}
        return {
            **own, **optional, "name": name, "bio": (self.bio.data or "").strip(), "gender": self.gender.data or None,
            "practising_since": self.practising_since.data,
        }  # fmt: skip


@practice.route("/page", methods=["GET", "POST"])
@audience("therapist")
def page() -> Answer:
    own = _own()
    form = PageForm(data=_shown(own))
    form.fill_choices()
    years = _years(own)
    if request.method == "POST":
        years = _sent_years()
    if not form.validate_on_submit():
        return _page(own, form, years, 422 if form.errors else 200)
    try:
        _save(form, years)
    except Conflict as error:
        if error.code != "stale":
            raise
        db.session.rollback()
        now_stored = _own()
        form.version.data = str(now_stored.version)
        return _page(now_stored, form, years, 409, stale=_differences(now_stored, form))
    flash(_("Saved. Your page shows it now."), "ok")
    return redirect(url_for(".page"), code=303)


def photo_refused(form: PhotoForm) -> Answer:
    """The page again, with what is wrong with the picture."""
    own = _own()
    shown = PageForm(formdata=None, data=_shown(own))
    shown.fill_choices()
    return _page(own, shown, _years(own), 422, photo=form)


@practice.post("/page/preview")
@audience("therapist")
def preview() -> str:
    """A text as the page would show it: for the preview beside the field."""
    return simple(request.form.get("bio", "")[:LONGEST_BIO])


@practice.post("/page/confirm")
@audience("therapist")
def confirm_page() -> Response:
    """The listing is right, says its owner today."""
    with transaction() as session:
        own = session.get_one(Therapist, my_id())
        directory.update_therapist(session, own.id, own.version, {"confirmed_on": clock.today()})
    flash(_("Thank you. People see that you confirmed it today."), "ok")
    return redirect(url_for(".today"), code=303)


def _own() -> Therapist:
    own = own_practice(db.session, signed_in_user().id)
    if own is None:
        raise Conflict(_("Begin with the set-up."))
    return own


def _shown(own: Therapist) -> dict[str, Any]:
    names = (*TEXTS, "practising_since", "version")
    facts = {name: getattr(own, name) for name in names}
    return {**facts, "gender": own.gender or "", "languages": [each.language for each in own.languages]}


def _years(own: Therapist) -> dict[str, str]:
    """By slug, what they work on, with the years as text."""
    known = [(BY_ID[each.specialty_id].slug, each.years) for each in own.specialties if each.specialty_id in BY_ID]
    return {slug: "" if years is None else str(years) for slug, years in known}


def _sent_years() -> dict[str, str]:
    chosen = [slug for slug in request.form.getlist("specialties") if slug in BY_SLUG]
    return {slug: request.form.get(f"years-{slug}", "").strip()[:2] for slug in chosen}


def _save(form: PageForm, years: dict[str, str]) -> None:
    sent = request.form.get("version", "")
    version = int(sent) if sent.isdecimal() and len(sent) < 10 else -1
    known = {BY_SLUG[slug].id: int(text) if text.isdecimal() else None for slug, text in years.items()}
    with transaction() as session:
        directory.update_therapist(session, my_id(), version, form.facts())
        directory.set_specialties(session, my_id(), known, known)
        directory.set_languages(session, my_id(), form.languages.data or ())


def _differences(own: Therapist, form: PageForm) -> list[tuple[str, str]]:
    """What is stored now where it is not what was typed."""
    stored = {name: str(value or "") for name, value in _shown(own).items() if name in TEXTS}
    return [(str(form[name].label.text), value) for name, value in stored.items() if value != (form[name].data or "")]


def _page(own: Therapist, form: PageForm, years: dict[str, str], status: int, **more: Any) -> Answer:
    kinds = [(_("Conditions"), "condition"), (_("Techniques"), "technique")]
    groups = [(label, [each for each in SPECIALTIES if each.kind == kind]) for label, kind in kinds]
    portrait = {
        "photo_url": f"/media/{own.photo}" if own.photo else None,
        "initials": initials(own.first_name, own.last_name, own.name),
        "claimed": True,
    }
    shown = {
        "own": own, "form": form, "years": years, "groups": groups, "portrait": portrait,
        "bio_html": simple(form.bio.data or ""), "stale": None, "photo": PhotoForm(formdata=None),
    }  # fmt: skip
    return render_template("practice/page.html", **{**shown, **more}), status
