"""Every device that is signed in has a row; a session whose row was deleted is signed out at its next request."""

import re
from typing import Any

from flask import Flask, request, session
from flask_login import logout_user, user_logged_in, user_logged_out
from flask_security import password_changed, password_reset, user_registered

from app.accounts import queries, services
from app.accounts.models import User
from app.accounts.roles import PATIENT
from app.core import clock
from app.doors.caller import caller
from app.doors.database import db

KEY = "sign_in"
BROWSERS = re.compile(r"(Firefox|Edg|OPR|SamsungBrowser|Chrome|Safari)/")
SYSTEMS = re.compile(r"(iPhone|iPad|Android|Windows|Mac OS X|CrOS|Linux)")
NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "CrOS": "ChromeOS", "Mac OS X": "Mac"}


def describe(user_agent: str) -> str:
    """A device in words a person knows, such as "Firefox on Windows"; never the raw header."""
    parts = [match[1] for pattern in (BROWSERS, SYSTEMS) if (match := pattern.search(user_agent))]
    return " on ".join(NAMES.get(part, part) for part in parts) or "Unknown device"


def init_app(app: Flask) -> None:
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)
    user_registered.connect(_welcome, app)
    password_changed.connect(_elsewhere_out, app)
    password_reset.connect(_everywhere_out, app)
    app.before_request_funcs.setdefault(None, []).insert(0, check_device)


def check_device() -> None:
    """Sign out a browser whose sign-in was ended from another device."""
    if KEY not in session and "_user_id" not in session:
        return
    user = caller()
    if user is None:
        return
    found = queries.sign_in_of(db.session, session.get(KEY), user.id)
    if found is None:
        logout_user()
        session.clear()
    elif clock.now() - found[1] > services.SEEN_EVERY:
        services.mark_seen(db.session, found[0])
        db.session.commit()


def _begin(_app: Flask, user: User, **_: Any) -> None:
    session[KEY] = services.begin_sign_in(db.session, user.id, describe(request.headers.get("User-Agent", "")))
    db.session.commit()


def _end(_app: Flask, **_: Any) -> None:
    key = session.pop(KEY, None)
    if key:
        services.end_sign_in(db.session, key)
        db.session.commit()


def _welcome(_app: Flask, user: User, **_: Any) -> None:
    services.give_role(db.session, user, PATIENT)
    db.session.commit()


def _elsewhere_out(_app: Flask, user: User, **_: Any) -> None:
    services.end_all_sign_ins(db.session, user.id, but_key=session.get(KEY))
    db.session.commit()


def _everywhere_out(_app: Flask, user: User, **_: Any) -> None:
    services.end_all_sign_ins(db.session, user.id)
    db.session.commit()
