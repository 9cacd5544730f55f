"""What crawlers and researchers ask for: the site's pages, what to leave alone, whom to tell about a hole."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, request

from app.articles.queries import articles
from app.core.clock import now
from app.directory.catalogue import SPECIALTIES
from app.directory.listing import listing_day
from app.directory.queries import listed_slugs
from app.doors.audience import audience
from app.doors.database import db
from app.doors.limits import limit

robots = Blueprint("robots", __name__)

MOST_URLS = 50_000
"""The protocol's limit for one sitemap."""

PRIVATE = ("/account", "/admin", "/practice", "/referring", "/visits", "/r/", "/therapists?", "/dev/", "/api/")


def _base() -> str:
    url: str = current_app.config["SETTINGS"].base_url
    return url


@robots.get("/robots.txt")
@audience("public")
def robots_txt() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), "", f"Sitemap: {_base()}/sitemap.xml", ""]
    return Response("\n".join(lines), mimetype="text/plain")


@robots.get("/.well-known/security.txt")
@audience("public")
def security_txt() -> Response:
    """RFC 9116; the expiry moves along, half a year ahead."""
    expires = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    whom = current_app.config["SETTINGS"].security_email
    text = f"Contact: mailto:{whom}\nExpires: {expires}\nCanonical: {_base()}/.well-known/security.txt\n"
    return Response(text + "Preferred-Languages: en, es\n", mimetype="text/plain")


@robots.get("/sitemap.xml")
@audience("public")
@limit("LIMIT_SITEMAP")
def sitemap() -> Response:
    """Written once an hour in each process: whoever left since is shown as gone by their page."""
    answer = Response(_sitemap(), mimetype="application/xml")
    answer.cache_control.public, answer.cache_control.max_age = True, current_app.config["SITEMAP_SECONDS"]
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _sitemap() -> bytes:
    kept: tuple[datetime, bytes] | None = current_app.extensions.get("sitemap")
    moment, lasts = now(), timedelta(seconds=current_app.config["SITEMAP_SECONDS"])
    if kept is None or not timedelta() <= moment - kept[0] < lasts:
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        text = (head + "".join(_urls()) + "</urlset>\n").encode()
        kept = current_app.extensions["sitemap"] = moment, text
    return kept[1]


def _urls() -> Iterator[str]:
    folders = {"condition": "conditions", "technique": "techniques"}
    paths = ["/", "/therapists", "/articles", *(f"/{folders[each.kind]}/{each.slug}" for each in SPECIALTIES)]
    paths += [f"/articles/{each.slug}" for each in articles(db.session)]
    for path in paths:
        yield f"<url><loc>{escape(_base() + path)}</loc></url>\n"
    for number, (slug, changed) in enumerate(listed_slugs(db.session, listing_day(now()))):
        if number >= MOST_URLS - len(paths):
            return
        when = f"<lastmod>{changed.isoformat()}</lastmod>" if changed else ""
        yield f"<url><loc>{escape(_base())}/therapists/{slug}</loc>{when}</url>\n"
