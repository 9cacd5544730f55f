"""The second factor in the sign-in library's words: codes that work once, and who may change what guards a room."""

from typing import Any, cast

from flask import Flask, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import Totp, UserMixin, tf_disabled, tf_profile_changed, wan_deleted, wan_registered
from flask_security import views as library
from flask_security.utils import check_and_get_token_status
from passlib.totp import TotpMatch
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.accounts import services
from app.accounts.authenticator import factory
from app.accounts.demo import code_now
from app.accounts.guarded import GUARDED, Step
from app.accounts.models import User
from app.core.texts import N_
from app.doors.caller import caller, signed_in_user, step_before_rooms
from app.doors.database import db
from app.doors.links import is_local_path
from app.web.accounts.forms import CodeForm, EmptyForm
from app.web.accounts.mail import post
from app.web.accounts.sign_ins import KEY

CHANGES = frozenset(
    {
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.mf_recovery_codes",
        "security.wan_register",
        "security.wan_register_response",
        "security.wan_delete",
    }
)
"""What adds a factor, or takes one away."""
CHANGING = "validating_profile"
"""The library's word for somebody who is signed in and shows a code of the factor that is being added."""


class OneTimeCodes(Totp):
    """An app's codes, each taken once (RFC 6238 §5.2). `secrets` are the data keys, newest first, by their place."""

    def __init__(self, secrets: dict[int, str], issuer: str) -> None:
        self._totp = factory(list(secrets.values()))

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Read under a lock on the row: of two who come with the same code at once, one waits and is refused."""
        query = select(User.tf_last_counter).where(User.id == user.id).with_for_update()
        return db.session.scalar(query)

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        cast(User, user).tf_last_counter = tmatch.counter


def lock_who_recovers() -> None:
    """Of two who come with the same recovery code at once, one waits and is refused: it is read under the lock."""
    db.session.execute(select(User.id).where(User.fs_uniquifier == session.get("tf_user_id")).with_for_update())


def init_app(app: Flask) -> None:
    app.extensions["unknot_security"].tf_token_validation_context_processor(_demo_code)
    app.before_request(_guard_changes)
    app.before_request(_in_already)
    for signal in (tf_profile_changed, wan_registered):
        signal.connect(_added, app)
    tf_disabled.connect(_code_gone, app)
    wan_deleted.connect(_passkey_gone, app)


def _demo_code() -> dict[str, Any]:
    """For the demo's accounts, whose passwords are public too: the code that an app would show. Development only."""
    settings = current_app.config["SETTINGS"]
    if not settings.development:
        return {}
    user = db.session.scalar(select(User).where(User.fs_uniquifier == session.get("tf_user_id")))
    return {"demo_code": code_now(user, settings.data_keys) if user else None}


def validate_setup(token: str) -> ResponseReturnValue:
    """The library's view, but a wrong code is asked for again beside the same key: the phone has that one by now.

    Whoever has no recovery codes is led to them before going on."""
    answer: ResponseReturnValue = library.two_factor_setup_validate(token)
    expired, invalid, state = check_and_get_token_status(
        token, "tf_setup", current_app.config["SECURITY_TWO_FACTOR_SETUP_WITHIN"]
    )
    location = getattr(answer, "location", None)
    if location == url_for("account.onward") and not signed_in_user().mf_recovery_codes:
        return redirect(url_for("security.mf_recovery_codes"))
    if expired or invalid or location != url_for("security.two_factor_setup"):
        return answer
    words = [said for category, said in session.pop("_flashes", []) if category == "error"]
    return _same_key_again(token, state["totp_secret"], words)


def _same_key_again(token: str, secret: str, words: list[str]) -> str:
    form, codes = CodeForm(formdata=None), current_app.extensions["unknot_security"].totp_factory
    form.code.errors = words
    shown = codes.fetch_setup_values(secret, signed_in_user())
    return render_template(
        "security/two_factor_setup.html",
        two_factor_setup_form=EmptyForm(formdata=None),
        two_factor_verify_code_form=form,
        chosen_method="authenticator",
        choices=(),
        changing=True,
        state_token=token,
        authr_qrcode=shown["image"],
        authr_key=shown["key"],
    )


def _guard_changes() -> Response | None:
    """Whoever has a guarded role and only typed the password changes nothing about the factor they did not show."""
    user = caller() if request.endpoint in CHANGES else None
    if user is None:
        return None
    g.had_second_factor = user.has_second_factor
    barred = request.method == "POST" and user.role_names & GUARDED and step_before_rooms(user) is Step.SIGN_IN
    return redirect(url_for("account.second_step")) if barred else None


def _in_already() -> Response | None:
    """Back to the page that asks for a code, or a second press there: the library would sign out who is in already."""
    asked = request.endpoint == "security.two_factor_token_validation" and session.get("tf_state") != CHANGING
    if not asked or caller() is None:
        return None
    wanted = request.args.get("next", "")
    return redirect(wanted if is_local_path(wanted) else url_for("account.home"))


def _added(_app: Flask, user: User, **_facts: Any) -> None:
    """The first factor was just shown to work; a further one says nothing about the first."""
    if not g.get("had_second_factor") and session.get(KEY):
        services.prove_second_factor(db.session, session[KEY])
    _tell(user)


def _code_gone(_app: Flask, user: User, **_facts: Any) -> None:
    user.tf_last_counter = None
    _forget_when_last(user, bool(user.webauthn))


def _passkey_gone(_app: Flask, user: User, name: str, **_facts: Any) -> None:
    _forget_when_last(user, bool(user.tf_primary_method) or any(key.name != name for key in user.webauthn))


def _forget_when_last(user: User, another: bool) -> None:
    if not another:
        services.forget_second_factor(db.session, user.id)
    _tell(user)


def _tell(user: User) -> None:
    post("factor_changed", N_("The way you sign in was changed"), user.email, user=user)
