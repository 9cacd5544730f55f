"""Every device that is signed in has a row; a session whose row was deleted is signed out at its next request."""

import re
from typing import Any

from flask import Flask, g, request, session
from flask_babel import gettext as _
from flask_login import logout_user, user_logged_in, user_logged_out
from flask_security import change_email_confirmed, password_changed, password_reset

from app.accounts import queries, services
from app.accounts.models import User
from app.core import clock
from app.core.texts import N_
from app.doors import request_log
from app.doors.caller import caller
from app.doors.database import db, transaction
from app.web.accounts import joining, known_browsers
from app.web.accounts.mail import post

KEY = "sign_in"
BROWSERS = re.compile(r"(Firefox|Edg|OPR|SamsungBrowser|Chrome|Safari)/")
SYSTEMS = re.compile(r"(iPhone|iPad|Android|Windows|Mac OS X|CrOS|Linux)")
NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "CrOS": "ChromeOS", "Mac OS X": "Mac"}
ON, UNKNOWN = " on ", "Unknown device"
FAMILIES = ("Edg/", "OPR/", "SamsungBrowser/")
WITH_SECOND_FACTOR = frozenset(
    {"security.two_factor_token_validation", "security.mf_recovery", "security.wan_signin_response"}
)
"""Sign-ins that end here were made with two factors: a code, a recovery code, a passkey that knows its owner."""


def describe(user_agent: str) -> str:
    """A device in words a person knows, such as "Firefox on Windows"; never the raw header."""
    special = next((family[:-1] for family in FAMILIES if family in user_agent), None)
    found = BROWSERS.search(user_agent)
    browser = special or (found[1] if found else None)
    system = SYSTEMS.search(user_agent)
    parts = [part for part in (browser, system[1] if system else None) if part]
    return ON.join(NAMES.get(part, part) for part in parts) or UNKNOWN


def device_name(described: str) -> str:
    """What `describe` said, in the page's language."""
    browser, on, system = described.partition(ON)
    if on:
        return str(_("%(browser)s on %(system)s", browser=browser, system=system))
    return str(_("Unknown device")) if described == UNKNOWN else described


def init_app(app: Flask) -> None:
    app.add_template_filter(device_name)
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    password_changed.connect(_elsewhere_out, app)
    password_reset.connect(_everywhere_out, app)
    change_email_confirmed.connect(_tell_old_address, app)
    app.before_request_funcs.setdefault(None, []).insert(0, check_device)


def check_device() -> None:
    """Sign out a browser whose sign-in was ended from another device, or is over."""
    if request.endpoint == "static" or "_user_id" not in session:
        return
    user = caller()
    if user is None:
        return
    found = queries.sign_in_of(db.session, session.get(KEY), user.id, kept=session.permanent)
    if found is None:
        logout_user()
        session.clear()
        return
    request_log.known(user.id)
    g.second_factor = found.second_factor
    if clock.now() - found.seen_at > services.SEEN_EVERY:
        with transaction() as changes:
            services.mark_seen(changes, found.id)


def _begin(_app: Flask, user: User, **_: Any) -> None:
    """A fresh key at every sign-in: a session that was planted before it is worth nothing after it.

    "Keep me signed in" makes this very session last; the library's own second cookie would outlive its row.
    """
    session.permanent = session.pop("_remember", None) == "set"
    session.pop("_remember_seconds", None)
    db.session.commit()
    old = session.get(KEY)
    if old:
        services.end_sign_in(db.session, old)
    device = describe(request.headers.get("User-Agent", ""))
    session[KEY] = services.begin_sign_in(db.session, user.id, device, second_factor=_two_factors())
    db.session.commit()
    known_browsers.remember(user)


def _two_factors() -> bool:
    """Whether this sign-in is made with two; a changed password renews the sign-in that was there."""
    renewed = request.endpoint == "security.change_password" and bool(g.get("second_factor"))
    return renewed or request.endpoint in WITH_SECOND_FACTOR


def _end(_app: Flask, **_: Any) -> None:
    key = session.pop(KEY, None)
    if key:
        services.end_sign_in(db.session, key)
        db.session.commit()


def _elsewhere_out(_app: Flask, user: User, **_: Any) -> None:
    user.short_password = g.pop("short_password", False)
    services.end_all_sign_ins(db.session, user.id, but_key=session.get(KEY))
    db.session.commit()


def _everywhere_out(_app: Flask, user: User, **_: Any) -> None:
    """A password chosen through the mailed link also proves the address."""
    user.short_password = g.pop("short_password", False)
    if user.confirmed_at is None:
        joining.joined(db.session, services.confirm_address(db.session, user.id))
    services.end_all_sign_ins(db.session, user.id)
    db.session.commit()
    known_browsers.remember(user)


def _tell_old_address(_app: Flask, user: User, old_email: str, **_facts: Any) -> None:
    post("address_changed", N_("Your address was changed"), old_email, user=user)
    joining.joined(db.session, user)
