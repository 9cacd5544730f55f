"""The editor's desk: articles elsewhere, added and changed by hand, and how their links stand."""

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import DateField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from app.accounts.actors import actor
from app.accounts.roles import EDITOR
from app.articles import queries, services
from app.articles.links import is_public_address
from app.articles.models import ExternalArticle
from app.articles.services import ExternalFacts
from app.core.clock import today
from app.core.errors import Conflict, Invalid
from app.directory.catalogue import BY_SLUG, SPECIALTIES
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, in_transaction, transaction
from app.web.fields import CarefulForm, CheckboxesField, not_blank
from app.web.formatting import day

Answer = str | Response | tuple[str, int]
editing = Blueprint("editing", __name__, url_prefix="/editing/articles")


class ExternalArticleForm(CarefulForm):
    """What is said of an article elsewhere. The rules are the service's; these say all that is wrong at once."""

    url = StringField(
        _l("Address"),
        [not_blank(_l("Paste the address of the article.")), Length(max=500)],
        description=_l("It starts with https://"),
    )
    title = StringField(_l("Title"), [not_blank(_l("Write its title.")), Length(max=200)])
    publisher = StringField(_l("Publisher"), [not_blank(_l("Say who published it.")), Length(max=120)])
    author = StringField(_l("Author"), [Length(max=120)])
    published_on = DateField(_l("Published on"), [Optional()])
    summary = TextAreaField(
        _l("Summary"),
        [not_blank(_l("Say in a few words what it is about.")), Length(max=600)],
        description=_l("In your own words, as plain text."),
    )
    specialties = CheckboxesField(
        _l("What it is about"), choices=[SelectChoice(each.slug, _l(each.name)) for each in SPECIALTIES]
    )

    def validate_url(self, given: StringField) -> None:
        if given.data and not is_public_address(given.data.strip()):
            raise ValidationError(_("Please give a full web address that starts with https://"))

    def validate_specialties(self, given: CheckboxesField) -> None:
        if not given.data:
            raise ValidationError(_("Please choose at least one condition or technique."))

    def validate_published_on(self, given: DateField) -> None:
        if given.data is not None and given.data > today():
            raise ValidationError(_("That date is in the future."))

    def facts(self) -> ExternalFacts:
        return ExternalFacts(
            url=(self.url.data or "").strip(),
            title=(self.title.data or "").strip(),
            publisher=(self.publisher.data or "").strip(),
            author=(self.author.data or "").strip(),
            published_on=self.published_on.data,
            summary=(self.summary.data or "").strip(),
            specialties=tuple(self.specialties.data or ()),
        )


@editing.get("/")
@audience("editor", "admin")
def index() -> str:
    return render_template("articles/editing_list.html", rows=queries.all_external(db.session))


@editing.route("/new", methods=["GET", "POST"])
@audience("editor", "admin")
def new() -> Answer:
    return _edit(None)


@editing.route("/<int:external_id>", methods=["GET", "POST"])
@audience("editor", "admin")
def edit(external_id: int) -> Answer:
    return _edit(queries.external(db.session, external_id))


@editing.post("/<int:external_id>/remove")
@audience("editor", "admin")
def remove(external_id: int) -> Response:
    title = queries.external(db.session, external_id).title
    editor = actor(EDITOR, signed_in_user().id)
    in_transaction(lambda session: services.remove_external(session, external_id, editor))
    flash(_("“%(title)s” is off the list.", title=title), "ok")
    return redirect(url_for(".index"), code=303)


def _edit(row: ExternalArticle | None) -> Answer:
    stored = services.facts_of(row) if row else None
    form = ExternalArticleForm(data=asdict(stored) if stored else None)
    if not form.is_submitted():
        form.show(stored)
        return _page(form, row, 200)
    if not form.validate():
        return _page(form, row, 422)
    try:
        _save(form, row.id if row else None)
    except Conflict as error:
        if error.code == "stale" and row is not None:
            return _ask_again(form, row.id)
        form.blame(error, "url")
    except Invalid as error:
        form.blame(error, "url")
    else:
        flash(_("Saved. Readers see it beside our own articles."), "ok")
        return redirect(url_for(".index"), code=303)
    return _page(form, row, 422)


def _ask_again(form: ExternalArticleForm, external_id: int) -> Answer:
    """Somebody saved meanwhile: what was typed stays, what is stored now is shown."""
    row = queries.external(db.session, external_id)
    stored, typed = services.facts_of(row), asdict(form.facts())
    form.show(stored)
    differing = [
        (_("%(what)s, stored now", what=form[name].label.text), _in_words(value))
        for name, value in asdict(stored).items()
        if value != typed[name]
    ]
    return _page(form, row, 409, stale=differing)


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_(BY_SLUG[each].name) for each in value)
    return day(value) if isinstance(value, date) else str(value or "")


def _save(form: ExternalArticleForm, external_id: int | None) -> None:
    editor, facts = actor(EDITOR, signed_in_user().id), form.facts()
    with transaction() as session:
        if external_id is None:
            services.add_external(session, facts, editor)
        else:
            form.check_seen(services.facts_of(queries.external(session, external_id)))
            services.edit_external(session, external_id, facts)


def _page(form: ExternalArticleForm, row: ExternalArticle | None, status: int, stale: Any = None) -> Answer:
    return render_template("articles/editing_form.html", form=form, row=row, stale=stale), status
