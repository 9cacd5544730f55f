"""Accounts: found, given a role, closed."""

from collections.abc import Callable

from flask import render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts import administration
from app.accounts.models import User
from app.accounts.roles import ADMIN
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db
from app.web.admin.room import ReasonForm, RoleForm, admin, decided


@admin.get("/users")
@audience(ADMIN)
def users() -> str:
    words = request.args.get("q", "")[:100]
    rows = administration.find_users(db.session, words)
    return render_template(
        "admin/users.html",
        rows=rows,
        q=words,
        role_form=RoleForm(formdata=None),
        reason_form=ReasonForm(formdata=None),
        me=signed_in_user().id,
    )


@admin.post("/users/<int:user_id>/role/<any(give, take):word>")
@audience(ADMIN)
def set_role(user_id: int, word: str) -> Response:
    form = RoleForm()
    return _done(
        lambda session, me: administration.set_role(session, me, user_id, form.role.data or "", given=word == "give")
    )


@admin.post("/users/<int:user_id>/<any(close, open):word>")
@audience(ADMIN)
def set_active(user_id: int, word: str) -> Response:
    reason = ReasonForm().reason.data or ""
    return _done(
        lambda session, me: administration.set_active(session, me, user_id, active=word == "open", reason=reason)
    )


def _done(act: Callable[[Session, User], None]) -> Response:
    me = signed_in_user().id
    back = url_for(".users", q=request.args.get("q", "")[:100] or None)
    return decided(lambda session: act(session, session.get_one(User, me)), back)
