"""The sign-in library's settings and its messages in our voice."""

import hashlib
from datetime import timedelta
from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.accounts.authenticator import ISSUER
from app.core import clock
from config import Settings

ADDRESSES = {
    "CHANGE_URL": "/password",
    "TWO_FACTOR_SETUP_URL": "/second-factor",
    "TWO_FACTOR_TOKEN_VALIDATION_URL": "/code",
    "TWO_FACTOR_RESCUE_URL": "/code-help",
    "TWO_FACTOR_SELECT_URL": "/code-choice",
    "MULTI_FACTOR_RECOVERY_CODES_URL": "/recovery-codes",
    "MULTI_FACTOR_RECOVERY_URL": "/recovery-code",
    "WAN_REGISTER_URL": "/passkeys",
    "WAN_DELETE_URL": "/passkey-delete",
    "WAN_SIGNIN_URL": "/passkey",
    "WAN_VERIFY_URL": "/passkey-again",
}

AFTERWARDS = {
    "POST_LOGIN_VIEW": "/account/signed-in",
    "POST_CONFIRM_VIEW": "/account/",
    "POST_RESET_VIEW": "/account/",
    "POST_CHANGE_EMAIL_VIEW": "/account/",
    "POST_VERIFY_VIEW": "/account/",
    "TWO_FACTOR_POST_SETUP_VIEW": "/account/onward",
    "WAN_POST_REGISTER_VIEW": "/account/onward/passkeys",
}

MESSAGES = {
    "GENERIC_AUTHN_FAILED": (
        _l("That address and password do not go together, or the address is not confirmed yet."),
        "error",
    ),
    "ANONYMOUS_USER_REQUIRED": (_l("You are signed in already."), "info"),
    "API_ERROR": (_l("That did not work. Please start again."), "error"),
    "CHANGE_EMAIL_CONFIRMED": (_l("Your new address is confirmed."), "success"),
    "CHANGE_EMAIL_SENT": (
        _l("A mail is on its way to %(email)s. Open its link here, while you are signed in."),
        "info",
    ),
    "DISABLED_ACCOUNT": (_l("This account is closed."), "error"),
    "EMAIL_NOT_PROVIDED": (_l("Please type your e-mail address."), "error"),
    "INVALID_CODE": (_l("That code is not right. Codes change every 30 seconds: try the next one."), "error"),
    "INVALID_EMAIL_ADDRESS": (_l("That does not look like an e-mail address. It needs an @ and a dot."), "error"),
    "INVALID_PASSWORD": (_l("That is not your password."), "error"),
    "INVALID_RECOVERY_CODE": (_l("That is not one of your recovery codes, or it was used before."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_l("That link was used or is incomplete. We can send you a new one."), "warning"),
    "LOGIN": (_l("Please sign in first."), "info"),
    "NO_RECOVERY_CODES_SETUP": (_l("You have no recovery codes yet."), "info"),
    "PASSWORD_CHANGE": (_l("Your password is changed. All other devices are signed out."), "success"),
    "PASSWORD_IS_THE_SAME": (_l("That is the password you have now. Please choose another."), "error"),
    "PASSWORD_NOT_PROVIDED": (_l("Please type a password."), "error"),
    "PASSWORD_RESET_EXPIRED": (_l("That link is older than %(within)s. We can send you a new one."), "warning"),
    "PASSWORD_RESET_NO_LOGIN": (_l("Your password is changed. Please sign in with it."), "success"),
    "REAUTHENTICATION_REQUIRED": (_l("Please type your password again before you change this."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_l("Thank you."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        _l("Your second factor is on. Now make recovery codes, for the day your phone is lost."),
        "success",
    ),
    "TWO_FACTOR_DISABLED": (_l("Your second factor is off."), "success"),
    "TWO_FACTOR_INVALID_TOKEN": (
        _l("That code is not right. Codes change every 30 seconds: try the next one."),
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are signed in."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (_l("Please sign in again."), "warning"),
    "TWO_FACTOR_SETUP_EXPIRED": (_l("That took longer than %(within)s. Please start again."), "warning"),
    "UNAUTHENTICATED": (_l("Please sign in first."), "info"),
    "WEBAUTHN_CREDENTIAL_DELETED": (_l("The passkey “%(name)s” is removed."), "success"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (_l("This passkey is on an account already."), "error"),
    "WEBAUTHN_EXPIRED": (_l("That took longer than %(within)s. Please start again."), "warning"),
    "WEBAUTHN_NAME_INUSE": (_l("You have a passkey called “%(name)s”. Please choose another name."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (_l("Please give the passkey a name, such as “My phone”."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (_l("Please use letters, numbers, spaces and dashes only."), "error"),
    "WEBAUTHN_NO_VERIFY": (_l("That passkey could not be checked. Please try again."), "error"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (_l("The passkey “%(name)s” is ready. Next time, sign in with it."), "success"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_l("That passkey belongs to no account here."), "error"),
}

SUBJECTS = {
    "CHANGE_EMAIL_SUBJECT": _l("Confirm your new address"),
    "EMAIL_SUBJECT_PASSWORD_NOTICE": _l("Your password was changed"),
    "EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": _l("Your password was changed"),
}

LINK_FINGERPRINTS = ["hex_sha256", "sha256_crypt"]
"""What a mailed link is bound to (an address, or the hash of a password) stands in it hashed and signed. The library's
own choice, the second here, takes a quarter of a second, and only where there is an account: everybody could measure
which addresses have one. It is still read, for links that were mailed before.
"""

CHEAP_HASH = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
"""For tests: how strong a hash is, is the library's default elsewhere (argon2id, RFC 9106)."""


FIXED: Final[dict[str, Any]] = {
    "URL_PREFIX": "/account",
    "LOGOUT_METHODS": ["POST"],
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": ["argon2"],
    "DEPRECATED_PASSWORD_SCHEMES": [],
    "HASHING_SCHEMES": LINK_FINGERPRINTS,
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
    "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
    "TOTP_ISSUER": ISSUER,
    "MULTI_FACTOR_RECOVERY_CODES": True,
    "MULTI_FACTOR_RECOVERY_CODES_N": 8,
    "WEBAUTHN": True,
    "WAN_RP_NAME": "Unknot",
    "WAN_ALLOW_USER_HINTS": False,
    "WAN_ALLOW_AS_VERIFY": ["first"],
    "CONFIRM_EMAIL_WITHIN": timedelta(days=2),
    "RESET_PASSWORD_WITHIN": timedelta(hours=2),
    "FRESHNESS": timedelta(minutes=30),
    "FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
    "DATETIME_FACTORY": clock.now,
    "API_ENABLED_METHODS": ["session"],
    "CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
    "SCRIPT_NONCE_KEY": "csp_nonce",
    **ADDRESSES,
    **AFTERWARDS,
    **SUBJECTS,
    **{f"MSG_{name}": message for name, message in MESSAGES.items()},
}


def library_settings(settings: Settings) -> dict[str, Any]:
    """All that the library is told: what is the same everywhere, and what follows from the settings."""
    own = {
        "PASSWORD_SALT": hashlib.sha256(b"unused: " + settings.secret_key.encode()).hexdigest(),
        "PASSWORD_HASH_PASSLIB_OPTIONS": CHEAP_HASH if settings.environment == "testing" else {},
        "TOTP_SECRETS": dict(enumerate(settings.data_keys)),
        "MULTI_FACTOR_RECOVERY_CODES_KEYS": list(settings.data_keys),
        "EMAIL_VALIDATOR_ARGS": {"test_environment": not settings.production, "check_deliverability": False},
    }
    return {f"SECURITY_{name}": value for name, value in (FIXED | own).items()}
