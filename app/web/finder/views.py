"""The search page."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from app.core.clock import now
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db
from app.doors.locale import said
from app.doors.where import locate
from app.finder import queries
from app.finder.asking import Asked, ask, clean
from app.finder.criteria import LONGEST_TEXT, SearchCriteria
from app.finder.free import FreeTimes
from app.finder.near import Point
from app.finder.ways_out import WaysOut
from app.web.finder import results

finder = Blueprint("finder", __name__)


@finder.get("/therapists")
@audience("public")
def search() -> str:
    """Never an error for what was typed: what makes no sense is said, the rest is searched."""
    values = request.args.to_dict()
    asked = ask(values, locate)
    where, what = (clean(values.get(name, ""))[:LONGEST_TEXT] for name in ("where", "what"))
    context: dict[str, Any] = {
        "search": results.search_values(asked, where, what),
        "place": asked.place,
        "alternatives": [
            {"label": each.label, "url": results.url(asked, asked.criteria, where=each.label)}
            for each in asked.alternatives
        ],
        "specialty_choices": results.specialty_names(),
        "technique_choices": results.technique_choices(),
        "language_choices": results.language_choices(),
        "when_links": results.when_links(asked, now()),
        "chips": results.chips(asked),
        "clear_url": results.clear_url(asked),
        "understood": _understood(asked),
        "problem": _problem(asked, where),
        "total": 0,
    }
    if asked.place:
        context |= _found(asked, (asked.place.lat, asked.place.lon), asked.place.time_zone)
    return render_template("finder/results.html", **context)


def _found(asked: Asked, point: Point, zone: str) -> dict[str, Any]:
    session, criteria, at = db.session, asked.criteria, now()
    day, free = listing_day(at), FreeTimes(session, criteria, at, zone)
    number, note = _page_number()
    found = _page(criteria, point, free, number)
    if not found.hits and number > 1:
        number = min(max(1, -(-found.total // results.PER_PAGE)), results.LAST_PAGE) if not criteria.asks_when else 1
        note = gettext("There are not so many pages. This is the last one.")
        if criteria.asks_when:
            note = gettext("There are not so many pages. This is the first one.")
        found = _page(criteria, point, free, number)
    shown: dict[str, Any] = {
        "cards": results.cards(queries.cards(session, found.hits, day, free.read), criteria, free),
        "total": found.total,
        "total_is_capped": found.total_is_capped,
        "pages": results.pages(asked, found, number),
        "nothing": None,
    }
    if note:
        shown["problem"] = " ".join(filter(None, (_problem(asked, "given"), note)))
    if not found.total:
        shown["nothing"] = _nothing(asked, point, free)
    return shown


def _page(criteria: SearchCriteria, point: Point, free: FreeTimes, number: int) -> queries.Found:
    skip = (number - 1) * results.PER_PAGE
    return queries.search(
        db.session, criteria, point, listing_day(free.now), limit=results.PER_PAGE, skip=skip, free=free
    )


def _nothing(asked: Asked, point: Point, free: FreeTimes) -> dict[str, Any]:
    """What to drop, and who is nearest outside."""
    criteria, day = asked.criteria, listing_day(free.now)
    ways = WaysOut(db.session, criteria, point, day, free)
    outside = ways.nearest_outside()
    return {
        "suggestions": results.suggestions(asked, ways.relaxations()),
        "nearest_outside": _card_of(outside, criteria, free) if outside else [],
    }


def _card_of(hit: queries.Hit, criteria: SearchCriteria, free: FreeTimes) -> list[dict[str, Any]]:
    """With the wanted times, or with any where there are none."""
    times = free if free.available([hit]) else free.instead(SearchCriteria())
    found = queries.cards(db.session, [hit], listing_day(free.now), free.read)
    return results.cards(found, criteria, times)


def _page_number() -> tuple[int, str]:
    """The page asked for, and what is wrong with it."""
    text = request.args.get("page", "1")
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) >= 1:
        return min(int(text), results.LAST_PAGE + 1), ""
    return 1, gettext("There is no such page. This is the first one.")


def _understood(asked: Asked) -> dict[str, Any] | None:
    known = asked.understood
    if known.exact or known.specialty is None:
        return None
    others = [{"label": gettext(e.name), "url": results.url(asked, asked.criteria, what=e.name)} for e in known.others]
    return {"label": gettext(known.specialty.name), "other": others}


def _problem(asked: Asked, where: str) -> str:
    """Everything that could not be used, in sentences."""
    parts = [said(asked.geocoded.note)] if where.strip() and asked.geocoded.note else []
    parts += [said(problem.message) for problem in asked.problems]
    parts += _repeated()
    if not where.strip() and request.args:
        parts.insert(0, gettext("Tell us where: a town or a ZIP code."))
    return " ".join(parts)


def _repeated() -> list[str]:
    again = [name for name in request.args if len(request.args.getlist(name)) > 1]
    return [gettext("The address names “%(name)s” twice; we used the first.", name=again[0][:40])] if again else []
