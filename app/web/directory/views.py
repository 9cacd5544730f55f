"""A therapist's public page, and what a visitor can say about it."""

from flask import Blueprint, current_app, flash, redirect, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from app.articles.queries import articles
from app.core.clock import now
from app.directory import queries
from app.directory.licences import Level
from app.directory.listing import listing_day
from app.directory.services import report_listing
from app.doors.audience import audience
from app.doors.database import db, transaction
from app.doors.limits import limiter
from app.doors.links import search_that_led_here
from app.finder.asking import clean
from app.web.directory import profile as shown
from app.web.directory.forms import ReportForm
from app.web.formatting import units_for
from app.web.scheduling.times import NO_TIMES, strip

directory = Blueprint("directory", __name__)


@directory.get("/therapists/<slug>")
@audience("public")
def profile(slug: str) -> str:
    found = queries.profile(db.session, slug, listing_day(now()))
    country = found.locations[0].country if found.locations else None
    base: str = current_app.config["SETTINGS"].base_url
    times = strip(db.session, slug, None, None, None, now()) if found.level != Level.EXPIRED else NO_TIMES
    return render_template(
        "directory/profile.html",
        profile={**shown.details(found), "articles": articles(db.session, [each.id for each in found.specialties], 3)},
        therapist=shown.card(found),
        units=units_for(country),
        times=times,
        week=times["week"],
        json_ld=shown.json_ld(found, f"{base}/therapists/{slug}"),
        back_url=search_that_led_here(),
    )


@directory.route("/therapists/<slug>/report", methods=["GET", "POST"])
@audience("public")
@limiter.limit("5 per hour", methods=["POST"])
def report(slug: str) -> str | tuple[str, int] | Response:
    therapist = queries.therapist_by_slug(db.session, slug)
    form = ReportForm()
    if form.validate_on_submit():
        with transaction() as session:
            therapist = queries.therapist_by_slug(session, slug)
            report_listing(
                session,
                therapist,
                reason=form.reason.data,
                words=clean(form.words.data or ""),
                contact=clean(form.contact.data or ""),
            )
        flash(gettext("Thank you. A person will look at it."), "ok")
        return redirect(f"/therapists/{slug}", code=303)
    page = render_template("directory/report.html", therapist=therapist, form=form)
    return (page, 422) if form.errors else page
