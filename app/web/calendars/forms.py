"""What a therapist says of a calendar to import."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length

NAME = _l("Give it a name that you will recognise.")


class ByAddressForm(FlaskForm):
    name = StringField(
        _l("Name"),
        [InputRequired(NAME), Length(max=80)],
        description=_l("Such as “Google, private”."),
        id="address-name",
    )
    url = StringField(
        _l("Address of the calendar"),
        [InputRequired(_l("Paste the address of the calendar.")), Length(max=2000)],
        description=_l("It begins with https:// or webcal:// and usually ends with .ics"),
    )


class ByFileForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(NAME), Length(max=80)], id="file-name")
    file = FileField(
        _l("Calendar file"), [FileRequired(_l("Choose the file."))], description=_l("An .ics file of at most 5 MB.")
    )


class EmptyForm(FlaskForm):
    """A button with its token."""
