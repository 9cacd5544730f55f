"""Forms that the sign-in library is given instead of its own, and those of our own views."""

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import forms as library
from flask_security.change_email import ChangeEmailForm as LibraryChangeEmailForm
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.webauthn import WebAuthnRegisterForm, WebAuthnSigninForm
from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from app.accounts.models import User
from app.core.texts import N_
from app.doors.caller import signed_in_user
from app.doors.locale import site_languages
from app.web.accounts.mail import post

LABELS = {
    "email": _l("E-mail address"),
    "password": _l("Password"),
    "new_password": _l("New password"),
    "remember": _l("Keep me signed in on this device for 30 days"),
    "code": _l("Code"),
}
PASSWORD_MISSING = _l("Please type your password.")


class Worded:
    """The library's fields with our labels, and words of a class's own."""

    words: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in {**LABELS, **self.words}.items():
            field = getattr(self, name, None)
            if field is not None:
                field.label.text = words
        for name in ("password", "new_password"):
            if getattr(self, name, None) is not None:
                getattr(self, name).description = ""


class RegisterForm(Worded, library.RegisterFormV2):
    """A name is optional: what to call you in mails."""

    name = StringField(_l("Your name"), validators=[Length(max=120)], render_kw={"autocomplete": "name"})


class LanguageForm(FlaskForm):
    language = SelectField(_l("Language of pages and mails"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = [SelectChoice(code, name) for code, name in site_languages()]


class LoginForm(Worded, library.LoginForm):
    pass


class VerifyForm(Worded, library.VerifyForm):
    pass


class ResetPasswordForm(Worded, library.ResetPasswordForm):
    """Typed once: it can be shown."""

    words = {"password": _l("New password")}
    password_confirm = None


class ChangePasswordForm(Worded, library.ChangePasswordForm):
    words = {"password": _l("Your password now")}
    new_password_confirm = None


class ChangeEmailForm(Worded, LibraryChangeEmailForm):
    """An address that has an account gets a mail as well, without a link: the same words and the same work for both."""

    words = {"email": _l("New e-mail address")}

    def validate(self, **kwargs: Any) -> bool:
        good = bool(super().validate(**kwargs))
        known = self.existing_email_user
        if known is not None and known.id == signed_in_user().id:
            self.email.errors = [_("That is your address now. Please type the new one.")]
            self.existing_email_user = None  # The library would say that a mail is on its way, as for a stranger's.
            return False
        if known is not None:
            post("address_taken", N_("This address has an account already"), known.email, user=cast(User, known))
        return good


class CodeForm(Worded, library.TwoFactorVerifyCodeForm):
    words = {"code": _l("Code from your app")}
    code = StringField(
        validators=[library.IsStringOrInt(), InputRequired(_l("Type the six digits that your app shows."))]
    )


def as_written(code: object) -> object:
    """A recovery code as we wrote it, however it was copied from paper: AE6D 7705 F916 is ae6d-7705-f916."""
    if not isinstance(code, str):
        return code
    signs = "".join(each for each in code.casefold() if each.isalnum())
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))


class RecoveryForm(Worded, MfRecoveryForm):
    words = {"code": _l("Recovery code")}
    code = StringField(
        validators=[library.IsString(), InputRequired(_l("Type one of your recovery codes."))], filters=[as_written]
    )


class PasskeyForm(Worded, WebAuthnRegisterForm):
    """Passkeys always sign in by themselves: the device asks for a finger, a face or a PIN, which is two factors."""

    words = {"name": _l("A name for this passkey")}

    def validate(self, **kwargs: Any) -> bool:
        self.usage.data = "first"
        return bool(super().validate(**kwargs))


class PasskeySignInForm(Worded, WebAuthnSigninForm):
    pass


class SecondFactorForm(library.TwoFactorSetupForm):
    """A short password may not lose the second factor that made it good enough."""

    def validate(self, **kwargs: Any) -> bool:
        if not super().validate(**kwargs):
            return False
        if self.setup.data == "disable" and cast(User, self.user).short_password:
            self.setup.errors = [_l("Your password is short. Choose one of 15 characters or more first.")]
            return False
        return True


class AddressForm(FlaskForm):
    """An address to write to."""

    email = EmailField(
        LABELS["email"],
        validators=[InputRequired(_l("Please type your e-mail address.")), library.EmailValidation(verify=True)],
        render_kw={"autocomplete": "email"},
    )


class ConfirmForm(FlaskForm):
    """Opening the link is not enough: the password shows that the one who reads the mail is the one who signed up."""

    password = PasswordField(
        _l("The password you chose"),
        validators=[InputRequired(PASSWORD_MISSING)],
        render_kw={"autocomplete": "current-password"},
    )


class EmptyForm(FlaskForm):
    """A button with its token."""


class NewAddressForm(FlaskForm):
    """`along` is asked only where something was booked under the old address."""

    along = BooleanField(
        _l("My visits go along"),
        description=_l("Mails about them then go to the new address. Leave it empty if they belong to somebody else."),
        default=True,
    )


class NameForm(FlaskForm):
    name = StringField(_l("Name"), validators=[Length(max=120)], render_kw={"autocomplete": "name"})


class EraseForm(FlaskForm):
    sure = BooleanField(
        _l("Yes, erase my account and my data"),
        validators=[InputRequired(_l("Please tick the box if you are sure."))],
    )
