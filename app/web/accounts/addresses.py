"""Proving an address: sign-up, its confirmation, a forgotten password, a new address.

Each page answers alike for a known and an unknown address, in words and in work: one hash on sign-up, and always one
mail, because an address that has no account here is told so by mail. No link in a mail changes anything by itself.
"""

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import hash_password, verify_password
from flask_security.change_email import _verify_token_status as new_address_of
from flask_security.change_email import change_email_confirm as change_email
from flask_security.confirmable import confirm_email_token_status, generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from flask_security.utils import login_user, logout_user
from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.models import User
from app.accounts.passwords import normalise
from app.core import clock
from app.core.texts import N_
from app.doors.caller import caller, signed_in_user
from app.doors.database import db, transaction
from app.doors.links import is_local_path
from app.doors.locale import language
from app.scheduling import services as scheduling
from app.scheduling.states import Actor
from app.web.accounts import forms, joining
from app.web.accounts.mail import post

MAILED_TO = "mailed_to"
WANTED = "wanted_before_joining"
"""In the session, the page that somebody was about to open who had no account yet."""


def register() -> ResponseReturnValue:
    """Everybody signs up as a patient; who came from a page is led back to it once the address is confirmed."""
    wanted = request.args.get("next", "")
    if caller() is not None:
        return redirect(wanted if is_local_path(wanted) else url_for("account.home"))
    if request.method == "GET":
        session[WANTED] = wanted if is_local_path(wanted) else None
    form = forms.RegisterForm()
    if not _acceptable(form):
        return render_template("security/register_user.html", form=form)
    password_hash = hash_password(form.password.data)
    with transaction() as changes:
        user = services.sign_up(changes, form.email.data, form.name.data or "", password_hash, language())
        _write_welcome(user)
    return _mailed(form.email.data)


def _acceptable(form: forms.RegisterForm) -> bool:
    """Valid but for an address that has an account: of that, nothing is said here."""
    if form.validate_on_submit():
        return True
    if form.existing_email_user is None:
        return False
    form.email.errors = []
    return not form.errors


def _write_welcome(user: User) -> None:
    if user.confirmed_at is None:
        post(
            "welcome", N_("Please confirm your address"), user.email, user=user, token=generate_confirmation_token(user)
        )
    else:
        post("welcome_existing", N_("You already have an account"), user.email, user=user)


def send_confirmation() -> ResponseReturnValue:
    form = forms.AddressForm()
    if not form.validate_on_submit():
        return render_template("security/send_confirmation.html", form=form)
    with transaction() as changes:
        user = queries.user_by_email(changes, form.email.data)
        if user is None:
            _write_no_account(form.email.data)
        else:
            _write_welcome(user)
    return _mailed(form.email.data)


def forgot_password() -> ResponseReturnValue:
    form = forms.AddressForm()
    if not form.validate_on_submit():
        return render_template("security/forgot_password.html", form=form)
    with transaction() as changes:
        _write_reset(changes, form.email.data)
    return _mailed(form.email.data)


def _write_reset(changes: Session, email: str) -> None:
    user = queries.user_by_email(changes, email)
    if user is None:
        _write_no_account(email)
    else:
        token = generate_reset_password_token(user)
        post("reset_instructions", N_("Choose a new password"), user.email, user=user, token=token)


def _write_no_account(email: str) -> None:
    post("no_account", N_("There is no account with this address"), email)


def _mailed(email: str) -> ResponseReturnValue:
    session[MAILED_TO] = email
    return redirect(url_for("account.check_your_mail"))


def confirm_email(token: str) -> ResponseReturnValue:
    """Opening the link shows a page; the password on it confirms the address and signs in."""
    expired, invalid, user = confirm_email_token_status(token)
    if user is None or invalid or expired:
        flash(_("That link is too old or incomplete. We can send you a new one."), "warning")
        return redirect(url_for("security.send_confirmation"))
    if user.confirmed_at is not None:
        flash(_("That address is confirmed already."))
        return redirect(url_for("security.login"))
    form = forms.ConfirmForm()
    if form.validate_on_submit():
        if verify_password(normalise(form.password.data), user.password):
            return _confirmed(user.id)
        form.password.errors = [_("That is not the password that was chosen at sign-up.")]
    return render_template("security/confirm.html", form=form, user=user, token_text=token)


def _confirmed(user_id: int) -> ResponseReturnValue:
    wanted: str | None = session.get(WANTED)
    if caller() is not None:
        logout_user()
    with transaction() as changes:
        user = services.confirm_address(changes, user_id)
        joining.joined(changes, user)
    login_user(user, authn_via=["password"])
    session.pop(WANTED, None)
    flash(_("Your address is confirmed. Welcome."), "success")
    return redirect(wanted or url_for("account.home"))


def change_email_confirm(token: str) -> ResponseReturnValue:
    """Only the one who asked, signed in, and by a button: a stranger at a mistyped address gets nothing."""
    expired, invalid, user, new_address = new_address_of(token)
    if expired or invalid or user is None or user.id != signed_in_user().id:
        flash(_("That link was used already, is too old, or is for another account."), "warning")
        return redirect(url_for("security.change_email"))
    form, old_address, proved = forms.NewAddressForm(), user.email, user.confirmed_at is not None
    if form.validate_on_submit():
        return _to_new_address(token, user.id, (old_address, new_address) if form.along.data and proved else None)
    return render_template(
        "security/confirm_new_address.html",
        form=form,
        old_address=old_address,
        new_address=new_address,
        booked=scheduling.booked_under(db.session, old_address) if proved else 0,
        token_text=token,
    )


def _to_new_address(token: str, user_id: int, along: tuple[str, str] | None) -> ResponseReturnValue:
    """One transaction: the library's change, and what was booked goes along. Neither when the address was taken meanwhile."""
    with transaction() as changes:
        answer: ResponseReturnValue = change_email(token)
        if along and signed_in_user().email == along[1]:
            scheduling.take_along(changes, *along, Actor("patient", user_id), clock.now())
    return answer
