"""Signing in. What was not typed is asked for at its field; the library would tell it as a wrong password."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_security.views import login as library_login

from app.doors.caller import caller
from app.web.accounts.forms import LoginForm


def login() -> ResponseReturnValue:
    """Nothing is looked up and nothing counts as a try before both fields are filled in."""
    if request.method == "POST" and caller() is None and not _complete():
        form = LoginForm()
        form.validate()
        return render_template("security/login_user.html", login_user_form=form), 422
    answer: ResponseReturnValue = library_login()
    return answer


def _complete() -> bool:
    return all(request.form.get(name, "").strip() for name in ("email", "password"))
