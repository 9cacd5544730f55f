"""What a therapist fills in about visits."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from app.web.practice.fields import far_dates_refused, not_blank


class WhenForm(FlaskForm):
    """A day and a time on the venue's wall."""

    day = DateField(_l("Day"), [InputRequired(_l("Choose a day.")), far_dates_refused])
    at = TimeField(_l("Time"), [InputRequired(_l("Choose a time."))])


class MoveForm(WhenForm):
    location = SelectField(_l("Where"), coerce=int)


class NewVisitForm(WhenForm):
    service = SelectField(_l("Treatment"), coerce=int)
    location = SelectField(_l("Where"), coerce=int)
    name = StringField(_l("Name"), [not_blank(_l("Write the person's name.")), Length(max=120)])
    phone = StringField(_l("Phone"), [Length(max=32)])
    email = EmailField(
        _l("E-mail"), [Optional(), Length(max=254)], description=_l("For the confirmation and a reminder.")
    )
    note = TextAreaField(_l("Note for yourself"), [Length(max=2000)])


class MessageForm(FlaskForm):
    text = TextAreaField(_l("Message"), [not_blank(_l("Write something first.")), Length(max=2000)])
