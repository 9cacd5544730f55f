"""What a visitor fills in about a listing."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, Length, Optional, Regexp

REASONS = {
    "address": _l("The address"),
    "phone": _l("The phone number"),
    "licence": _l("The licence"),
    "gone": _l("They no longer work here"),
    "person": _l("This is about me, and I want it changed"),
    "conduct": _l("How I was treated"),
    "other": _l("Something else"),
}


class ReportForm(FlaskForm):
    reason = RadioField(
        _l("What is wrong?"),
        choices=[SelectChoice(*each) for each in REASONS.items()],
        validators=[AnyOf(REASONS, message=_l("Choose what is wrong."))],
        validate_choice=False,
    )
    words = TextAreaField(
        _l("What should it say?"),
        description=_l("Please leave out anything about your health."),
        validators=[Optional(), Length(max=2000)],
    )
    contact = EmailField(
        _l("Your e-mail, if we may ask back"),
        validators=[
            Optional(),
            Length(max=254),
            Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("That is not an e-mail address.")),
        ],
    )
