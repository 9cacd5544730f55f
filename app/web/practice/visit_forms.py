"""What a therapist fills in about visits."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import InputRequired, Length, Optional

from app.web.fields import far_dates_refused, not_blank


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
    address = TextAreaField(
        _l("Address for the visit"),
        [Length(max=300)],
        description=_l("For a visit at the person's home: street, number, town, and how to get in."),
    )
    note = TextAreaField(_l("Note for yourself"), [Length(max=2000)])

    home_services: frozenset[int] = frozenset()
    """The treatments that are given at people's homes; `home_places` are the areas in which."""
    home_places: frozenset[int] = frozenset()

    @property
    def at_home(self) -> bool:
        return self.service.data in self.home_services

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        sound: bool = super().validate(extra_validators)
        if self.service.errors or self.location.errors:
            return False
        if self.at_home != (self.location.data in self.home_places):
            self.location.errors = [_l("This treatment is not given there.")]
        if self.at_home and not (self.address.data or "").strip():
            self.address.errors = [_l("Please give the address to come to.")]
        return sound and not self.errors


class MessageForm(FlaskForm):
    text = TextAreaField(_l("Message"), [not_blank(_l("Write something first.")), Length(max=2000)])
