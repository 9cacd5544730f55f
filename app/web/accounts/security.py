"""Wires the sign-in library: our tables, our password rule, our outbox, our templates, addresses under /account."""

import hashlib
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import PasswordUtil, Security
from flask_security.datastore import FSQLALiteUserDatastore

from app.accounts.models import Role, User, WebAuthn
from app.accounts.passwords import complaint, normalise
from app.accounts.roles import SIGNED_IN
from app.core import clock
from app.doors.audience import declare_endpoints
from app.doors.database import db
from app.web.accounts import forms, mail, sign_ins
from config import Settings

FOR_EVERYBODY = frozenset(
    {
        "login", "logout", "register", "send_confirmation", "confirm_email", "forgot_password", "reset_password",
        "two_factor_token_validation", "tf_select", "mf_recovery", "wan_signin", "wan_signin_response",
        "change_email_confirm", "static",
    }
)  # fmt: skip


class PasswordRule(PasswordUtil):
    """Our rule in the library's words."""

    def normalize(self, password: str) -> str:
        return normalise(password)

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        password = normalise(password)
        user: User | None = kwargs.get("user")
        email = user.email if user else str(kwargs.get("email") or "")
        name = user.name if user else str(kwargs.get("name") or "")
        second = bool(user and (user.tf_primary_method or user.webauthn))
        wrong = complaint(password, second_factor=second, about=(email, name))
        return ([wrong] if wrong else None), password


def init_app(app: Flask) -> None:
    app.config.from_mapping(_library_settings(app.config["SETTINGS"]))
    security = Security(
        app,
        FSQLALiteUserDatastore(db, User, Role, WebAuthn),
        password_util_cls=PasswordRule,
        mail_util_cls=mail.OutboxMail,
        register_form=forms.RegisterForm,
    )
    app.extensions["unknot_security"] = security
    own = {name for name in app.view_functions if name.startswith("security.")}
    everybody = {f"security.{name}" for name in FOR_EVERYBODY}
    declare_endpoints(app, {"public"}, own & everybody)
    declare_endpoints(app, SIGNED_IN, own - everybody)
    sign_ins.init_app(app)


def _library_settings(settings: Settings) -> dict[str, Any]:
    library = {
        "URL_PREFIX": "/account",
        "PASSWORD_SALT": hashlib.sha256(b"unused: " + settings.secret_key.encode()).hexdigest(),
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],
        "DEPRECATED_PASSWORD_SCHEMES": [],
        "PASSWORD_CONFIRM_REQUIRED": False,
        "RETURN_GENERIC_RESPONSES": True,
        "REGISTERABLE": True,
        "CONFIRMABLE": True,
        "RECOVERABLE": True,
        "CHANGEABLE": True,
        "CHANGE_EMAIL": True,
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_ALWAYS_VALIDATE": True,
        "TOTP_SECRETS": _totp_keys(settings.data_keys),
        "TOTP_ISSUER": "Unknot",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "WEBAUTHN": True,
        "WAN_RP_NAME": "Unknot",
        "CONFIRM_EMAIL_WITHIN": timedelta(days=2),
        "RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "FRESHNESS": timedelta(hours=2),
        "DATETIME_FACTORY": clock.now,
        "POST_LOGIN_VIEW": "/account/",
        "POST_REGISTER_VIEW": "/account/check-your-mail",
        "POST_CONFIRM_VIEW": "/account/login",
        "EMAIL_SUBJECT_REGISTER": "Please confirm your address",
        "EMAIL_SUBJECT_CONFIRM": "Please confirm your address",
        "EMAIL_SUBJECT_PASSWORD_RESET": "Choose a new password",
        "API_ENABLED_METHODS": ["session"],
        "CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SCRIPT_NONCE_KEY": "csp_nonce",
        "EMAIL_VALIDATOR_ARGS": {"test_environment": not settings.production},
        "TWO_FACTOR_VALIDITY_COOKIE": {"httponly": True, "secure": settings.production, "samesite": "Strict"},
    }
    return {f"SECURITY_{name}": value for name, value in library.items()}


def _totp_keys(data_keys: tuple[str, ...]) -> dict[int, str]:
    """Keys for authenticator secrets, made from the data keys; the newest has the highest tag and writes."""
    oldest_first = reversed(data_keys)
    return {tag: hashlib.sha256(f"totp:{key}".encode()).hexdigest() for tag, key in enumerate(oldest_first, start=1)}
