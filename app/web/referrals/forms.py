"""What a doctor fills in."""

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.directory.catalogue import SPECIALTIES
from app.doors.readable import HIGHEST_NUMBER
from app.referrals.checks import MOMENTS, MOST_PAIN, SHARING
from app.referrals.links import DEFAULT_DAYS, MOST_DAYS

MILES = (5, 10, 25, 50)


def _row_number(text: str) -> int:
    """Of a therapist; ValueError for what no database can look for."""
    if not 0 < (number := int(text)) <= HIGHEST_NUMBER:
        raise ValueError
    return number


class CheckboxesField(SelectMultipleField):
    """Several of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class StartForm(FlaskForm):
    npi = StringField(
        _l("Your NPI"),
        [InputRequired(_l("Type your NPI.")), Length(max=20)],
        description=_l("Ten digits. It is public, and tells us where to look."),
    )
    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Write your first and last name, as the registry has them.")), Length(max=120)],
        description=_l("As patients know you, for example Dr. Testa Example."),
    )
    practice = StringField(_l("Practice"), [Length(max=120)])
    phone = TelField(_l("Phone of the practice"), [Length(max=40)], description=_l("We may call to check who you are."))


class ReferralForm(FlaskForm):
    """One short page. `go` says which button was pressed."""

    specialty = SelectField(_l("What is it for?"), [InputRequired(_l("Choose what it is for."))])
    technique = SelectField(_l("Technique"))
    where = StringField(
        _l("Near"),
        [Length(max=200)],
        description=_l("A town or ZIP. Leave it empty and the patient says where."),
    )
    radius = SelectField(_l("Within"))
    shortlist = CheckboxesField(_l("Only these therapists"), coerce=_row_number, validate_choice=False)
    suggested_visits = IntegerField(
        _l("Visits suggested"), [Optional(), NumberRange(1, 30, _l("Between 1 and 30 visits."))]
    )
    days = IntegerField(
        _l("Days the link works"),
        [Optional(), NumberRange(1, MOST_DAYS, _l("Between 1 and %(most)s days.", most=MOST_DAYS))],
        default=DEFAULT_DAYS,
    )
    cautions = TextAreaField(
        _l("Take care with"), [Length(max=2000)], description=_l("Only the therapist who is booked reads this.")
    )
    note = TextAreaField(
        _l("Note to the therapist"), [Length(max=2000)], description=_l("Only the therapist who is booked reads this.")
    )
    label = StringField(
        _l("Your own label"), [Length(max=120)], description=_l("For your records. Nobody else ever sees it.")
    )
    template_name = StringField(_l("Name of the template"), [Length(max=80)])
    source = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(each.slug, gettext(each.name), each.kind) for each in SPECIALTIES]
        conditions = [SelectChoice(slug, name) for slug, name, kind in named if kind == "condition"]
        self.specialty.choices = [SelectChoice("", gettext("Choose one")), *conditions]
        techniques = [SelectChoice(slug, name) for slug, name, kind in named if kind == "technique"]
        self.technique.choices = [SelectChoice("", gettext("No preference")), *techniques]
        self.radius.choices = [SelectChoice(str(miles), gettext("%(number)s miles", number=miles)) for miles in MILES]
        self.radius.data = self.radius.data or "25"
        self.specialty.data = self.specialty.data or ""
        self.technique.data = self.technique.data or ""
        self.shortlist.choices = []

    def blame(self, field: str | None, message: str) -> None:
        """Show a refusal of a service beside the field that it names."""
        control = self[field] if field and field in self else self.specialty
        control.errors = [*control.errors, gettext(message)]


class PatientMailForm(FlaskForm):
    email = EmailField(
        _l("The patient's e-mail address"),
        [InputRequired(_l("Type the address.")), Length(max=254)],
        description=_l("We use it for this one mail and do not keep it."),
    )
    language = SelectField(_l("Language"), choices=[SelectChoice("en", "English"), SelectChoice("es", "Español")])


class ImportForm(FlaskForm):
    json = TextAreaField(
        _l("ServiceRequest as JSON"), description=_l("Paste it, or choose the file. The patient's name is not read.")
    )


class OutcomeForm(FlaskForm):
    text = TextAreaField(
        _l("What the doctor should know"),
        [InputRequired(_l("Write something first.")), Length(max=2000)],
        description=_l("A few sentences: what you did, how it went, what you suggest."),
    )


class CheckForm(FlaskForm):
    moment = RadioField(
        _l("When is this?"),
        choices=[
            SelectChoice(value, words)
            for value, words in zip(
                MOMENTS, (_l("Before the first visit"), _l("On the way"), _l("At the end")), strict=True
            )
        ],
        validators=[InputRequired(_l("Choose one of the answers."))],
    )
    pain = RadioField(
        _l("How strong is your pain now?"),
        description=_l("0 is no pain, 10 is the worst you can imagine."),
        choices=[SelectChoice(str(number), str(number)) for number in range(MOST_PAIN + 1)],
        validators=[InputRequired(_l("Choose a number from 0 to 10."))],
    )
    hard = StringField(
        _l("One thing that is hard for you to do"),
        [Length(max=120)],
        description=_l("For example: sit through a film, tie my shoes."),
    )
    shared = RadioField(
        _l("Who may see your answers?"),
        choices=[
            SelectChoice(value, words)
            for value, words in zip(
                SHARING, (_l("Only me"), _l("My therapist too"), _l("My therapist and my doctor")), strict=True
            )
        ],
        default="nobody",
        validators=[InputRequired(_l("Choose with whom to share."))],
    )
