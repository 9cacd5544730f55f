"""Wires the sign-in library: our tables, rules, outbox, templates, addresses under /account, and our own views."""

from flask import Flask, Response, request
from flask.typing import RouteCallable
from flask_security import Security
from flask_security.datastore import FSQLALiteUserDatastore

from app.accounts.models import Role, User, WebAuthn
from app.accounts.roles import SIGNED_IN
from app.core.sqlite import WRITING
from app.doors.audience import declare_endpoints
from app.doors.database import db
from app.web.accounts import addresses, forms, limits, mail, rules, second_factor, sign_ins, signing_in, watching
from app.web.accounts.settings import library_settings

FOR_EVERYBODY = frozenset(
    {
        "login", "logout", "register", "send_confirmation", "confirm_email", "forgot_password", "reset_password",
        "two_factor_token_validation", "mf_recovery", "wan_signin", "wan_signin_response", "static",
    }
)  # fmt: skip
HASHING = frozenset({"security.login", "security.verify", "security.register"})
"""They compute a hash before they write: no lock is held meanwhile."""
OWN_VIEWS: dict[str, RouteCallable] = {
    "login": signing_in.login,
    "register": addresses.register,
    "send_confirmation": addresses.send_confirmation,
    "forgot_password": addresses.forgot_password,
    "confirm_email": addresses.confirm_email,
    "change_email_confirm": addresses.change_email_confirm,
    "two_factor_setup_validate": second_factor.validate_setup,
}


def init_app(app: Flask) -> None:
    app.config.from_mapping(library_settings(app.config["SETTINGS"]))
    security = Security(
        app,
        FSQLALiteUserDatastore(db, User, Role, WebAuthn),
        password_util_cls=rules.PasswordRule,
        webauthn_util_cls=rules.Passkeys,
        mail_util_cls=mail.OutboxMail,
        totp_cls=second_factor.OneTimeCodes,
        register_form=forms.RegisterForm,
        login_form=forms.LoginForm,
        verify_form=forms.VerifyForm,
        reset_password_form=forms.ResetPasswordForm,
        change_password_form=forms.ChangePasswordForm,
        change_email_form=forms.ChangeEmailForm,
        two_factor_setup_form=forms.SecondFactorForm,
        two_factor_verify_code_form=forms.CodeForm,
        mf_recovery_form=forms.RecoveryForm,
        wan_register_form=forms.PasskeyForm,
        wan_signin_form=forms.PasskeySignInForm,
    )
    security.want_json(lambda _request: False)
    _leave_out(app, security)
    app.extensions["unknot_security"] = security
    _put_own_views(app)
    limits.init_app(app)
    _also_post(app, "security.change_email_confirm")
    own = {name for name in app.view_functions if name.startswith("security.")}
    everybody = {f"security.{name}" for name in FOR_EVERYBODY}
    declare_endpoints(app, {"public"}, own & everybody)
    declare_endpoints(app, SIGNED_IN, own - everybody)
    sign_ins.init_app(app)
    second_factor.init_app(app)
    watching.init_app(app)
    app.before_request(_take_write_lock)
    app.after_request(_keep_private)


def _leave_out(app: Flask, security: Security) -> None:
    """What the library would do before every request and we have no use for: signing in by a token in the address or
    the body, and naming the caller's needs (`roles.py` decides)."""
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    app.before_request_funcs[None].remove(security.principal._on_before_request)


def _put_own_views(app: Flask) -> None:
    for name, view in OWN_VIEWS.items():
        app.view_functions[f"security.{name}"] = view


def _also_post(app: Flask, endpoint: str) -> None:
    """The library changes things on GET there; ours shows a button, which posts."""
    rule = next(rule.rule for rule in app.url_map.iter_rules(endpoint))
    app.add_url_rule(rule, endpoint=endpoint, view_func=app.view_functions[endpoint], methods=["POST"])


def _take_write_lock() -> None:
    """The library reads before it writes; on SQLite that needs the lock from the start."""
    if request.method == "POST" and request.blueprint == "security" and request.endpoint not in HASHING:
        db.session.rollback()
        db.session.connection(execution_options=dict(WRITING))
        if request.endpoint == "security.mf_recovery":
            second_factor.lock_who_recovers()


def _keep_private(response: Response) -> Response:
    """Pages of an account are kept in no cache, so that Back after signing out shows nothing."""
    if request.blueprint in ("security", "account") and request.endpoint != "security.static":
        response.headers["Cache-Control"] = "no-store"
    return response
