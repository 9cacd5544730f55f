"""Portraits: taken in, kept in instance/uploads under a hash, given out."""

from flask import Blueprint, Response, abort, flash, redirect, send_from_directory, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.core.errors import Invalid
from app.directory import photos
from app.directory import services as directory
from app.directory.models import Therapist
from app.doors import uploads
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.locale import said
from app.web.practice.page import Answer, PhotoForm, photo_refused
from app.web.practice.room import my_id, practice

media = Blueprint("media", __name__)
YEAR = 365 * 24 * 3600


@media.get("/media/<name>")
@audience("public")
def picture(name: str) -> Response:
    """One portrait. The name is a hash of its content, so it never changes."""
    if not photos.NAME.fullmatch(name):
        abort(404)
    answer = send_from_directory(uploads.folder().resolve(), name, mimetype="image/jpeg", max_age=YEAR)
    answer.cache_control.public, answer.cache_control.immutable = True, True
    return answer


@practice.post("/page/photo")
@audience("therapist")
@limiter.limit("20 per hour")
def upload_photo() -> Answer:
    form = PhotoForm()
    sent = form.photo.data
    try:
        if not sent:
            raise Invalid(_("Choose a picture first."), field="photo")
        made = photos.portrait(sent.stream.read(photos.MOST_BYTES + 1))
    except Invalid as error:
        form.photo.errors = [said(error)]
        return photo_refused(form)
    _use(uploads.keep(made))
    flash(_("Your photo is on your page."), "ok")
    return redirect(url_for(".page") + "#photo", code=303)


@practice.post("/page/photo/remove")
@audience("therapist")
def remove_photo() -> AnyResponse:
    _use(None)
    flash(_("The photo is gone."), "ok")
    return redirect(url_for(".page") + "#photo", code=303)


def _use(name: str | None) -> None:
    """Show another picture; the old file goes when nobody else shows it."""
    with transaction() as session:
        own = session.get_one(Therapist, my_id())
        old = own.photo
        directory.update_therapist(session, own.id, own.version, {"photo": name})
    if old != name:
        uploads.drop(db.session, old)
