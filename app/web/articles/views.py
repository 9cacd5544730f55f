"""Articles: the list, one article, the feed, the plan and the movement breaks that belong to one of them."""

from flask import Blueprint, Response, current_app, render_template, request, url_for
from flask_babel import gettext as _

from app.articles import breaks, queries
from app.articles.feed import rss
from app.articles.structured import medical_page
from app.core import clock
from app.core.errors import Invalid, NotFound
from app.directory.catalogue import BY_ID, BY_SLUG, SPECIALTIES, Specialty
from app.doors.audience import audience
from app.doors.database import db

articles = Blueprint("articles", __name__)

LONGEST_QUERY = 200


@articles.get("/articles")
@audience("public")
def index() -> str:
    """All articles, those about a condition or technique, or those that match some words."""
    query = request.args.get("q", "").strip()[:LONGEST_QUERY]
    about = _about(request.args.get("about", ""))
    if query:
        own, others = queries.search(db.session, query)
    else:
        ids = (about.id,) if about else ()
        own, others = queries.articles(db.session, ids), queries.elsewhere(db.session, ids)
    return render_template(
        "articles/index.html", own=own, others=others, query=query, about=about, specialties=SPECIALTIES
    )


@articles.get("/articles/<slug>")
@audience("public")
def show(slug: str) -> str:
    article = queries.article(db.session, slug)
    about = [BY_ID[each.specialty_id] for each in article.specialties if each.specialty_id in BY_ID]
    related = queries.articles(db.session, [each.id for each in about], limit=4)
    facts = medical_page(
        url=public_url("articles.show", slug=slug),
        title=article.title,
        summary=article.summary,
        checked_on=article.checked_on,
        about=[(each.kind, each.name) for each in about],
        changed_at=article.changed_at,
    )
    return render_template(
        "articles/show.html",
        article=article,
        about=about,
        related=[each for each in related if each.slug != slug][:3],
        others=queries.elsewhere(db.session, [each.id for each in about], limit=5),
        facts=facts,
    )


@articles.get("/articles/feed.xml")
@audience("public")
def feed() -> Response:
    title, description = _("Unknot articles"), _("What massage can and cannot do, in plain words and with sources.")
    base_url = current_app.config["SETTINGS"].base_url
    body = rss(queries.articles(db.session), base_url, title, description)
    return Response(body, mimetype="application/rss+xml")


@articles.get("/articles/keeping-back-pain-away/plan")
@audience("public")
def plan() -> str:
    return render_template("articles/plan.html")


@articles.get("/articles/keeping-back-pain-away/breaks.ics")
@audience("public")
def movement_breaks() -> Response:
    """Reminders to move, every 30 minutes from `from` to `to` o'clock on weekdays."""
    day = _working_day()
    body = breaks.calendar(
        day,
        first_day=clock.today(),
        stamped_at=clock.now(),
        summary=_("Move for two minutes"),
        description=_("Stand up, reach for the ceiling, roll your shoulders, lean back a little, take a few steps."),
    )
    headers = {"Content-Disposition": 'attachment; filename="movement-breaks.ics"'}
    return Response(body, mimetype="text/calendar", headers=headers)


def public_url(endpoint: str, slug: str) -> str:
    """An address as the outside knows it, whatever the Host header says."""
    base_url: str = current_app.config["SETTINGS"].base_url
    return base_url + url_for(endpoint, slug=slug)


def _about(slug: str) -> Specialty | None:
    if slug and slug not in BY_SLUG:
        raise NotFound(_("We have no page about that."))
    return BY_SLUG.get(slug)


def _working_day() -> breaks.WorkingDay:
    try:
        return breaks.WorkingDay(int(request.args.get("from", "9")), int(request.args.get("to", "17")))
    except ValueError as error:
        raise Invalid(_("Please give two full hours, such as from 9 to 17."), field="from") from error
