"""The way into rooms that a password does not open: set up a second factor, or sign in with the one there is."""

from flask import redirect, render_template, session, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from app.accounts.guarded import Step
from app.accounts.roles import SIGNED_IN
from app.doors.audience import audience
from app.doors.caller import ONWARD, signed_in_user, step_before_rooms
from app.web.accounts.forms import EmptyForm
from app.web.accounts.rooms import room_after_sign_in
from app.web.accounts.views import account


@account.get("/second-step")
@audience(*SIGNED_IN)
def second_step() -> str | Response:
    """What the room that was asked for needs."""
    step = step_before_rooms(signed_in_user())
    if step in (None, Step.PASSWORD):
        return redirect(_wanted() or url_for("account.home"))
    return render_template("account/second_step.html", form=EmptyForm(), set_up=step is Step.SET_UP)


@account.post("/second-step")
@audience(*SIGNED_IN)
def sign_in_again() -> Response:
    wanted = _wanted()
    logout_user()
    session.clear()
    return redirect(url_for("security.login", next=wanted))


@account.get("/signed-in")
@audience(*SIGNED_IN)
def signed_in() -> Response:
    """After a sign-in that asked for no page: to one's daily work, or to the account."""
    return redirect(room_after_sign_in(signed_in_user()) or url_for("account.home"))


@account.get("/onward")
@audience(*SIGNED_IN)
def onward() -> Response:
    """After a change to how one signs in: to the room that asked for it, or back to the account."""
    return redirect(_wanted() or url_for("account.home"))


@account.get("/onward/passkeys")
@audience(*SIGNED_IN)
def onward_from_passkeys() -> Response:
    return redirect(_wanted() or url_for("security.wan_register"))


def _wanted() -> str | None:
    wanted: str | None = session.pop(ONWARD, None)
    return wanted
