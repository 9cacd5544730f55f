"""Our rules in the sign-in library's words: passwords and passkeys."""

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_security import PasswordUtil, UserMixin
from flask_security.webauthn_util import WebauthnUtil
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts.models import User
from app.accounts.passwords import ALONE_MIN, LONGEST, Weakness, normalise, shortest, weakness


def advice(wrong: Weakness, *, second_factor: bool) -> str:
    """What to change about a password, in words for the person."""
    if wrong is Weakness.SHORT:
        count = shortest(second_factor=second_factor)
        return str(
            _("Please use at least %(count)s characters. A few words in a row are easy to remember.", count=count)
        )
    if wrong is Weakness.LONG:
        return str(_("Please use at most %(count)s characters.", count=LONGEST))
    return str(
        _("That password is easy to guess: it is common, or made of your name or address. Please choose another.")
    )


class PasswordRule(PasswordUtil):
    """NIST 800-63B-4, with the second factor that the person has."""

    def normalize(self, password: str) -> str:
        return normalise(password)

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        password = normalise(password)
        user: User | None = kwargs.get("user")
        email = user.email if user else str(kwargs.get("email") or "")
        name = user.name if user else str(kwargs.get("name") or "")
        second = bool(user and user.tf_primary_method)
        wrong = weakness(password, second_factor=second, about=(email, name))
        g.short_password = len(password) < ALONE_MIN
        return ([advice(wrong, second_factor=second)] if wrong else None), password


class Passkeys(WebauthnUtil):
    """Passkeys that sign in alone: kept on any device, found without an address, unlocked by their owner."""

    def authenticator_selection(self, user: UserMixin, usage: str) -> AuthenticatorSelectionCriteria:
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(self, user: UserMixin | None, usage: list[str]) -> UserVerificationRequirement:
        return UserVerificationRequirement.REQUIRED
