"""What a visitor fills in about a listing."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, Regexp


class ReportForm(FlaskForm):
    reason = RadioField(
        _l("What is wrong?"),
        choices=[
            SelectChoice("address", _l("The address")),
            SelectChoice("phone", _l("The phone number")),
            SelectChoice("licence", _l("The licence")),
            SelectChoice("gone", _l("They no longer work here")),
            SelectChoice("person", _l("This is about me, and I want it changed")),
            SelectChoice("conduct", _l("How I was treated")),
            SelectChoice("other", _l("Something else")),
        ],
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
