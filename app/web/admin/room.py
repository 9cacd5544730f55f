"""The blueprint of `/admin`, its forms, and who is deciding. No page here reads a visit or anything about health."""

from collections.abc import Callable, Iterable

from flask import Blueprint, flash, redirect
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from app.accounts.actors import actor, names_of
from app.accounts.roles import ADMIN, PATIENT, ROLES
from app.core.errors import DomainError
from app.directory.licences import LicenceStatus
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.doors.locale import said
from app.web.admin import words
from app.web.fields import far_dates_refused

admin = Blueprint("admin", __name__, url_prefix="/admin")
admin.context_processor(lambda: {"words": words})

REASON = [InputRequired(_l("Give a reason: it is kept with the decision.")), Length(max=300)]


def who() -> str:
    """The admin who is deciding, as kept in the history: by number, so that erasing an account leaves no address."""
    return actor(ADMIN, signed_in_user().id)


def names(actors: Iterable[str]) -> dict[str, str]:
    """Whom the histories mean, for admins' eyes."""
    return names_of(db.session, actors)


def decided(act: Callable[[Session], object], back: str) -> Response:
    """Decide in one transaction and go back; what stands against it is said there. A thing that is not there is 404."""
    try:
        with transaction() as session:
            act(session)
    except DomainError as error:
        if error.status == 404:
            raise
        flash(said(error), "error")
    else:
        flash(_("Done, and kept in the history."), "success")
    return redirect(back)


class EmptyForm(FlaskForm):
    """A button with its token."""


class ReasonForm(FlaskForm):
    reason = StringField(_l("Reason"), REASON)


class OptionalReasonForm(FlaskForm):
    reason = StringField(_l("Reason, if you refuse"), [Length(max=300)])


class LicenceForm(FlaskForm):
    """What the board says, as an admin read it there."""

    status = SelectField(
        _l("What the board says"),
        choices=[SelectChoice(each.value, words.STATUS[each.value]) for each in LicenceStatus if each != "unknown"],
    )
    expires_on = DateField(_l("Valid through"), [Optional(), far_dates_refused])
    reason = TextAreaField(_l("How you know"), REASON, description=_l("Where you looked, and what it said."))


class EvidenceForm(FlaskForm):
    file = FileField(
        _l("Picture or PDF"),
        [FileRequired(_l("Choose the file."))],
        description=_l("JPEG, PNG, WebP or PDF, 5 MB at most."),
    )


class RoleForm(FlaskForm):
    role = SelectField(_l("Role"), choices=[SelectChoice(name, words.ROLE[name]) for name in ROLES if name != PATIENT])
