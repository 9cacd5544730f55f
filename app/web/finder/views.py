"""The search page."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from app.core.clock import now
from app.directory.listing import listing_day
from app.doors.audience import audience
from app.doors.database import db
from app.finder import queries
from app.finder.asking import Asked, ask, clean
from app.finder.criteria import LONGEST_TEXT
from app.web.finder import results

finder = Blueprint("finder", __name__)


@finder.get("/therapists")
@audience("public")
def search() -> str:
    """Never an error for what was typed: what makes no sense is said, the rest is searched."""
    asked = ask(db.session, request.args)
    where, what = (clean(request.args.get(name, ""))[:LONGEST_TEXT] for name in ("where", "what"))
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
        "chips": results.chips(asked),
        "clear_url": results.clear_url(asked),
        "understood": _understood(asked),
        "problem": _problem(asked, where),
        "total": 0,
    }
    if asked.place:
        context |= _found(asked, (asked.place.lat, asked.place.lon))
    return render_template("finder/results.html", **context)


def _found(asked: Asked, point: queries.Point) -> dict[str, Any]:
    session, criteria, day = db.session, asked.criteria, listing_day(now())
    number, note = _page_number()
    found = queries.search(session, criteria, point, day, limit=results.PER_PAGE, skip=(number - 1) * results.PER_PAGE)
    if not found.hits and number > 1 and found.total:
        number = min(-(-found.total // results.PER_PAGE), results.LAST_PAGE)
        note = gettext("There are not so many pages. This is the last one.")
        skip = (number - 1) * results.PER_PAGE
        found = queries.search(session, criteria, point, day, limit=results.PER_PAGE, skip=skip)
    shown: dict[str, Any] = {
        "cards": results.cards(queries.cards(session, found.hits), criteria),
        "total": found.total,
        "total_is_capped": found.total_is_capped,
        "pages": results.pages(asked, found, number),
        "nothing": None,
    }
    if note:
        shown["problem"] = " ".join(filter(None, (_problem(asked, "given"), note)))
    if not found.total:
        outside = queries.nearest_outside(session, criteria, point, day)
        shown["nothing"] = {
            "suggestions": results.suggestions(asked, queries.relaxations(session, criteria, point, day)),
            "nearest_outside": results.cards(queries.cards(session, [outside]), criteria) if outside else [],
        }
    return shown


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
    parts = [asked.geocoded.note] if where.strip() and asked.geocoded.note else []
    parts += [gettext(problem.message) for problem in asked.problems]
    parts += _repeated()
    if not where.strip() and request.args:
        parts.insert(0, gettext("Tell us where: a town or a ZIP code."))
    return " ".join(parts)


def _repeated() -> list[str]:
    again = [name for name in request.args if len(request.args.getlist(name)) > 1]
    return [gettext("The address names “%(name)s” twice; we used the first.", name=again[0][:40])] if again else []
