"""What a person fills in on the way to a visit."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, IntegerField, RadioField, StringField, TelField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, StopValidation

from app.core.errors import Invalid
from app.doors.locale import said
from app.scheduling.contact import email_hint, email_key, read_email
from app.scheduling.safety import QUESTIONS, Group
from app.scheduling.series import MOST_VISITS

NEEDED = _l("Please answer this with yes or no.")


def questions_form(group: Group, given: Mapping[str, bool]) -> FlaskForm:
    """One group of the safety questions, as far as they were answered."""
    fields = {
        question.id: RadioField(
            gettext(question.text),
            choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
            validators=[InputRequired(NEEDED)],
        )
        for question in QUESTIONS
        if question.group == group
    }
    form: FlaskForm = type("QuestionsForm", (FlaskForm,), fields)(
        data={name: "yes" if yes else "no" for name, yes in given.items()}
    )
    return form


def answers_in(form: FlaskForm) -> dict[str, bool]:
    """What was answered, complete or not."""
    return {
        field.name: field.data == "yes" for field in form if field.type == "RadioField" and field.data in ("yes", "no")
    }


class AddressForm(FlaskForm):
    """Where to come to, for a visit at home by somebody who is known already."""

    address = TextAreaField(
        _l("Address for the visit"),
        validators=[DataRequired(_l("Please tell us where to come.")), Length(max=300)],
    )
    note = TextAreaField(_l("A note to the therapist"), validators=[Length(max=2000)])
    sure_of = HiddenField()
    """The address that was asked about because it seems too far."""

    home = True


class ContactForm(FlaskForm):
    """Who comes and how they are reached. `email_needed` and `home` depend on what is booked."""

    whose = RadioField(
        _l("Who is the visit for?"),
        choices=[
            SelectChoice("me", _l("For me")),
            SelectChoice("other", _l("For somebody else, such as a child or a parent")),
        ],
        default="me",
    )
    visit_for = StringField(_l("Name of the person who comes"), validators=[Length(max=120)])
    name = StringField(_l("Your name"), validators=[InputRequired(_l("Please tell us your name.")), Length(max=120)])
    email = EmailField(_l("E-mail"), validators=[Length(max=254)])
    phone = TelField(_l("Phone"), validators=[Length(max=40)])
    address = TextAreaField(_l("Address for the visit"), validators=[Length(max=300)])
    note = TextAreaField(_l("A note to the therapist"), validators=[Length(max=2000)])
    hinted = HiddenField()
    sure_of = HiddenField()
    """The address that was asked about because it seems too far."""

    email_needed = False
    home = False
    suggestion: str | None = None

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        sound: bool = super().validate(extra_validators)
        for field, wrong in self._what_lacks():
            field.errors = [*field.errors, wrong]
            sound = False
        return sound and not self._to_be_asked()

    def _what_lacks(self) -> list[tuple[Any, Any]]:
        found: list[tuple[Any, Any]] = []
        if self.whose.data == "other" and not (self.visit_for.data or "").strip():
            found.append((self.visit_for, _l("Please tell us who comes.")))
        if self.email_needed and not (self.email.data or "").strip():
            found.append((self.email, _l("Please leave an e-mail address to book here.")))
        elif not (self.email.data or self.phone.data or "").strip():
            found.append((self.email, _l("Please leave an e-mail address or a phone number.")))
        if self.home and not (self.address.data or "").strip():
            found.append((self.address, _l("Please tell us where to come.")))
        return found

    def _to_be_asked(self) -> bool:
        """Ask once whether gmial.com is meant; the same address again is an answer."""
        email = (self.email.data or "").strip()
        self.suggestion = email_hint(email)
        if self.suggestion is None or self.hinted.data == email_key(email):
            self.suggestion = None
            return False
        self.hinted.data = email_key(email)
        return True


class ChoiceForm(FlaskForm):
    choice = RadioField(
        _l("What would you like to do?"),
        choices=[
            SelectChoice("doctor", _l("I will see a doctor first, and not book now")),
            SelectChoice("go_on", _l("I have talked to a doctor about this, or I choose to go on")),
        ],
        validators=[InputRequired(_l("Please choose one of the two."))],
    )


class RepeatForm(FlaskForm):
    every = RadioField(
        _l("How often?"),
        choices=[
            SelectChoice("0", _l("Just this once")),
            SelectChoice("1", _l("Every week")),
            SelectChoice("2", _l("Every two weeks")),
        ],
        default="0",
    )
    count = IntegerField(
        _l("How many visits in all?"),
        validators=[
            Optional(),
            NumberRange(2, MOST_VISITS, _l("Between 2 and %(most)s visits.", most=MOST_VISITS)),
        ],
        default=4,
    )


class CodeForm(FlaskForm):
    code = StringField(
        _l("The six digits from the mail"),
        validators=[InputRequired(_l("Type the six digits from the mail.")), Length(max=20)],
    )


class MailForm(FlaskForm):
    email = EmailField(
        _l("Your e-mail address"), validators=[InputRequired(_l("Type your e-mail address.")), Length(max=254)]
    )

    def validate_email(self, field: EmailField) -> None:
        try:
            read_email(field.data)
        except Invalid as error:
            raise StopValidation(said(error)) from error


class MessageForm(FlaskForm):
    text = TextAreaField(_l("Your message"), validators=[InputRequired(_l("Write something first.")), Length(max=2000)])
