"""Forms that the sign-in library is given instead of its own."""

from flask_babel import lazy_gettext as _l
from flask_security.forms import RegisterFormV2
from wtforms import StringField
from wtforms.validators import Length


class RegisterForm(RegisterFormV2):
    """A name is optional: what to call you in mails."""

    name = StringField(_l("Your name"), validators=[Length(max=120)])
