"""The editor's desk: articles elsewhere, added and changed by hand, and how their links stand."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.actors import actor
from app.accounts.roles import EDITOR
from app.articles import queries, services
from app.articles.models import ExternalArticle
from app.articles.services import ExternalFacts
from app.core.errors import Conflict, Invalid
from app.directory.catalogue import BY_ID, SPECIALTIES
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.doors.locale import said

editing = Blueprint("editing", __name__, url_prefix="/editing/articles")


class ExternalArticleForm(FlaskForm):
    """What is said of an article elsewhere. The rules are the service's; these only help early."""

    url = StringField(_l("Address"), [InputRequired(), Length(max=500)], description=_l("It starts with https://"))
    title = StringField(_l("Title"), [InputRequired(), Length(max=200)])
    publisher = StringField(_l("Publisher"), [InputRequired(), Length(max=120)])
    author = StringField(_l("Author"), [Length(max=120)])
    published_on = DateField(_l("Date"), [Optional()])
    summary = TextAreaField(
        _l("Summary"), [InputRequired(), Length(max=600)], description=_l("In your own words, as plain text.")
    )
    specialties = SelectMultipleField(
        _l("What it is about"),
        choices=[SelectChoice(each.slug, _l(each.name)) for each in SPECIALTIES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

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

    def blame(self, error: Invalid | Conflict) -> None:
        """Show a refusal of the service beside the field that it names."""
        name = error.field if isinstance(error, Invalid) and error.field else "url"
        self[name].errors = [*self[name].errors, said(error)]


@editing.get("/")
@audience("editor", "admin")
def index() -> str:
    return render_template("articles/editing_list.html", rows=queries.all_external(db.session))


@editing.route("/new", methods=["GET", "POST"])
@audience("editor", "admin")
def new() -> str | Response | tuple[str, int]:
    return _edit(None)


@editing.route("/<int:external_id>", methods=["GET", "POST"])
@audience("editor", "admin")
def edit(external_id: int) -> str | Response | tuple[str, int]:
    return _edit(queries.external(db.session, external_id))


def _edit(row: ExternalArticle | None) -> str | Response | tuple[str, int]:
    external_id = row.id if row else None
    form = ExternalArticleForm(obj=row, data={"specialties": _slugs(row)} if row else None)
    if not form.is_submitted():
        return _form_page(form, external_id)
    if form.validate():
        try:
            _save(form.facts(), external_id)
        except (Invalid, Conflict) as error:
            form.blame(error)
        else:
            flash(_("Saved."))
            return redirect(url_for(".index"))
    return _form_page(form, external_id), 422


def _save(facts: ExternalFacts, external_id: int | None) -> None:
    editor = actor(EDITOR, signed_in_user().id)
    with transaction() as session:
        if external_id is None:
            services.add_external(session, facts, editor)
        else:
            services.edit_external(session, external_id, facts)


def _form_page(form: ExternalArticleForm, external_id: int | None) -> str:
    return render_template("articles/editing_form.html", form=form, external_id=external_id)


def _slugs(row: ExternalArticle) -> list[str]:
    return [BY_ID[each.specialty_id].slug for each in row.specialties if each.specialty_id in BY_ID]
