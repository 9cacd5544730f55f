"""One's own account: who I am here, where I am signed in, my data, and the way out."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, session, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import logout_user
from flask_security import auth_required
from werkzeug.wrappers import Response as AnyResponse

from app.accounts import queries, services
from app.accounts.roles import SIGNED_IN
from app.core.errors import NotFound
from app.directory.queries import own_therapist
from app.doors import uploads
from app.doors.audience import audience
from app.doors.caller import signed_in_user
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import keep
from app.scheduling import services as scheduling
from app.web.accounts import personal_data
from app.web.accounts.addresses import MAILED_TO
from app.web.accounts.forms import EraseForm, LanguageForm, NameForm
from app.web.accounts.rooms import doors_for
from app.web.accounts.sign_ins import KEY
from app.web.scheduling.private import browser

account = Blueprint("account", __name__, url_prefix="/account")


@account.get("/")
@audience(*SIGNED_IN)
def home() -> str:
    user = signed_in_user()
    devices = queries.devices(db.session, user.id, session.get(KEY))
    rooms = doors_for(user)
    languages = LanguageForm(formdata=None, obj=user)
    return render_template(
        "account/home.html", user=user, devices=devices, form=NameForm(obj=user), languages=languages, rooms=rooms
    )


@account.post("/name")
@audience(*SIGNED_IN)
def rename() -> AnyResponse:
    form = NameForm()
    if form.validate_on_submit():
        with transaction() as changes:
            services.rename(changes, signed_in_user().id, form.name.data or "")
        flash(_("Saved."))
    return redirect(url_for(".home"))


@account.post("/language")
@audience(*SIGNED_IN)
def speak() -> AnyResponse:
    """The language of our mails, and of the pages in this browser."""
    form, answer = LanguageForm(), redirect(url_for(".home"))
    if form.validate_on_submit():
        with transaction() as changes:
            services.speak(changes, signed_in_user().id, form.language.data)
        keep(answer, form.language.data)
        with force_locale(form.language.data):
            flash(_("Saved."))
    return answer


@account.get("/check-your-mail")
@audience("public")
def check_your_mail() -> str:
    return render_template("account/check_your_mail.html", email=session.get(MAILED_TO))


@account.post("/devices/<int:sign_in_id>/end")
@audience(*SIGNED_IN)
def end_device(sign_in_id: int) -> AnyResponse:
    with transaction() as changes:
        if not services.end_sign_in_by_id(changes, signed_in_user().id, sign_in_id):
            raise NotFound(_("That device is not signed in any more."))
    flash(_("That device is signed out."))
    return redirect(url_for(".home"))


@account.post("/devices/end-all")
@audience(*SIGNED_IN)
def end_all_devices() -> AnyResponse:
    with transaction() as changes:
        services.end_all_sign_ins(changes, signed_in_user().id, but_key=session.get(KEY))
    flash(_("All other devices are signed out."))
    return redirect(url_for(".home"))


@account.post("/export")
@audience(*SIGNED_IN)
@limiter.limit("6 per hour")
@auth_required(within=30)
def export() -> Response:
    """Everything we hold about the person who asks, as one JSON file. That sealed words were read is recorded."""
    with transaction() as changes:
        told = personal_data.export(changes, signed_in_user())
    text = json.dumps(told, default=str, indent=2, ensure_ascii=False)
    headers = {"Content-Disposition": "attachment; filename=unknot-my-data.json", "Cache-Control": "no-store"}
    return Response(text, mimetype="application/json", headers=headers)


@account.route("/erase", methods=["GET", "POST"])
@audience(*SIGNED_IN)
@auth_required(within=30)
def erase() -> str | AnyResponse:
    form = EraseForm()
    user = signed_in_user()
    if not form.validate_on_submit():
        return render_template("account/erase.html", form=form, kept=personal_data.what_stays(db.session, user))
    user_id, own = user.id, own_therapist(db.session, user.id)
    photo = own.photo if own else None
    logout_user()
    with transaction() as changes:
        personal_data.erase(changes, user_id)
        scheduling.forget_drafts_of(changes, browser())
    uploads.drop(db.session, photo)
    session.clear()
    flash(_("Your account and your data are erased."))
    return redirect(url_for("pages.home"))
