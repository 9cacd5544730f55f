"""Confirming the address while the time is held: by the mailed link's button, or by the code."""

from flask import flash, redirect, render_template, request
from flask_babel import gettext, ngettext

from app.core.clock import now
from app.core.errors import Conflict, Forbidden, Gone
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limit
from app.doors.locale import said
from app.scheduling import queries, services
from app.web.scheduling.forms import CodeForm
from app.web.scheduling.visit.blueprint import Answer, visits
from app.web.scheduling.visit.page import shown, told


@visits.route("/confirm/<token>", methods=["GET", "POST"])
@audience("public")
def confirm(token: str) -> Answer:
    """Behind the mailed link: a page with a button. The button confirms; opening the page does not."""
    held = queries.visit(db.session, services.held_behind(db.session, token))
    if request.method == "POST":
        try:
            with transaction() as session:
                booked = services.confirm_by_link(session, token, now())
        except Gone as error:
            return _too_late(held.token, error)
        except Conflict as error:
            flash(said(error), "error")
            return redirect(f"/visits/{held.token}", 303)
        except Forbidden as error:
            return _confirm_page(token, held, said(error)), error.status
        return redirect(f"/visits/{booked.token}/done", 303)
    if held.state in ("requested", "confirmed"):
        return redirect(f"/visits/{held.token}")
    return _confirm_page(token, held)


def _confirm_page(token: str, held: queries.Visit, problem: str = "") -> str:
    facts = shown(db.session, held, now())
    return render_template("scheduling/visit/confirm.html", token=token, problem=problem, **facts)


@visits.post("/<token>/code")
@audience("public")
@limit("LIMIT_CODE")
def code(token: str) -> Answer:
    form = CodeForm()
    if not form.validate_on_submit():
        return code_page(token, form), 422
    try:
        with transaction() as session:
            tried = services.confirm_by_code(session, token, form.code.data, now())
    except Gone as error:
        return _too_late(token, error)
    except Conflict as error:
        flash(said(error), "error")
        return redirect(f"/visits/{token}", 303)
    except Forbidden as error:
        form.code.errors = [said(error)]
        return code_page(token, form), error.status
    if tried.right:
        return redirect(f"/visits/{token}/done", 303)
    form.code.errors = [
        ngettext(
            "That is not the code. Look at the newest mail; you can try once more.",
            "That is not the code. Look at the newest mail; you can try %(num)s more times.",
            tried.tries_left,
        )
    ]
    return code_page(token, form), 422


@visits.post("/<token>/resend")
@audience("public")
@limit("LIMIT_MAIL")
def resend(token: str) -> Answer:
    try:
        with transaction() as session:
            services.mail_again(session, token, now())
    except (Conflict, Forbidden, Gone) as error:
        flash(said(error), "error")
    else:
        flash(gettext("A new code is on its way. The old one no longer works."), "ok")
    return redirect(f"/visits/{token}", 303)


def code_page(token: str, form: CodeForm) -> str:
    """Where the code is typed; when it was typed wrong too often, what to do instead."""
    one = queries.visit(db.session, token)
    left = {"tries_left": services.MOST_TRIES - one.code_tries, "mails_left": services.MOST_MAILS - one.code_mails}
    return render_template("scheduling/visit/code.html", form=form, **left, **shown(db.session, one, now()))


def _too_late(token: str, error: Gone) -> tuple[str, int]:
    """What became of the visit, and times to choose from instead."""
    one = queries.visit(db.session, token)
    facts = {"told": told(db.session, one), "referral": None, **shown(db.session, one, now())}
    return render_template("scheduling/visit/show.html", **facts), error.status
