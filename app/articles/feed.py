"""The articles as RSS 2.0."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree

from app.articles.queries import Listed

_ATOM = "http://www.w3.org/2005/Atom"


def rss(articles: Sequence[Listed], base_url: str, title: str, description: str) -> bytes:
    """The feed, newest first. `base_url` has no slash at its end."""
    ElementTree.register_namespace("atom", _ATOM)
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    for name, value in (("title", title), ("link", f"{base_url}/articles"), ("description", description)):
        ElementTree.SubElement(channel, name).text = value
    ElementTree.SubElement(channel, "language").text = "en"
    own = f"{base_url}/articles/feed.xml"
    ElementTree.SubElement(channel, f"{{{_ATOM}}}link", href=own, rel="self", type="application/rss+xml")
    if articles:
        newest = max(each.changed_at for each in articles)
        ElementTree.SubElement(channel, "lastBuildDate").text = _date(newest)
    for each in sorted(articles, key=lambda one: one.published_at, reverse=True):
        _item(channel, each, f"{base_url}/articles/{each.slug}")
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _item(channel: ElementTree.Element, article: Listed, url: str) -> None:
    item = ElementTree.SubElement(channel, "item")
    for name, value in (("title", article.title), ("link", url), ("description", article.summary)):
        ElementTree.SubElement(item, name).text = value
    ElementTree.SubElement(item, "guid", isPermaLink="true").text = url
    ElementTree.SubElement(item, "pubDate").text = _date(article.published_at)


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
