"""The three questions. Answers come by POST, are never stored, and never stand in an address."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from app.articles import queries
from app.articles.helper import Answers, Direction, Feeling, Pointer, Since, Where, point
from app.directory.catalogue import BY_SLUG
from app.doors.audience import audience
from app.doors.database import db

helper = Blueprint("helper", __name__)

Choice = TypeVar("Choice", bound=StrEnum)

WHERE = {
    Where.LOWER_BACK: _l("Lower back"),
    Where.ONE_LEG: _l("Buttock or down one leg"),
    Where.BOTH_LEGS: _l("Down both legs"),
    Where.NECK: _l("Neck"),
    Where.ARM: _l("Down an arm, or in a hand"),
    Where.SHOULDER: _l("Shoulder or upper back"),
    Where.HIP: _l("Hip"),
    Where.KNEE: _l("Knee"),
    Where.CALF: _l("Calf"),
    Where.HEAD: _l("Head"),
    Where.JAW: _l("Jaw"),
    Where.CHEST_OR_BELLY: _l("Chest or belly"),
    Where.ALL_OVER: _l("Tight all over"),
}
FEELINGS = {
    Feeling.ACHE: _l("A dull ache, or tight and stiff"),
    Feeling.SHARP: _l("Sharp, burning or shooting"),
    Feeling.TINGLING: _l("Pins and needles"),
    Feeling.WEAK: _l("Numb or weak"),
    Feeling.WEAKER: _l("Weak, and getting weaker"),
    Feeling.SADDLE: _l("Numb between the legs, or trouble with bladder or bowels"),
    Feeling.SUDDEN: _l("Sudden and the worst ever"),
    Feeling.SWOLLEN: _l("Hot, red or swollen"),
    Feeling.UNWELL: _l("With fever, weight loss, or after cancer"),
    Feeling.NIGHT: _l("Worse lying down, or severe at night"),
}
SINCE = {
    Since.INJURY: _l("Since a fall, a crash or a blow"),
    Since.DAYS: _l("Some days"),
    Since.WEEKS: _l("Some weeks"),
    Since.MONTHS: _l("Three months or more"),
    Since.WORSENING: _l("It is getting worse from week to week"),
}


@helper.get("/helper")
@audience("public")
def ask() -> str:
    return _page({}, {})


@helper.post("/helper")
@audience("public")
def answer() -> str | tuple[str, int]:
    """Where the answers lead, above the questions as they were answered. What is missing is said beside its question."""
    where = _one(Where, request.form, "where")
    since = _one(Since, request.form, "since")
    feelings = frozenset(each for each in Feeling if each.value in request.form.getlist("feeling"))
    errors = {
        name: message
        for name, given, message in (
            ("where", where, _("Please choose where it is.")),
            ("feeling", feelings, _("Please tick at least one.")),
            ("since", since, _("Please choose since when.")),
        )
        if not given
    }
    chosen = {"where": where, "feeling": feelings, "since": since}
    if where is None or since is None or errors:
        return _page(chosen, errors), 422
    return _page(chosen, {}, point(Answers(where, feelings, since)))


def _page(chosen: Mapping[str, object], errors: Mapping[str, str], pointer: Pointer | None = None) -> str:
    return render_template(
        "articles/helper.html",
        questions={"where": WHERE, "feeling": FEELINGS, "since": SINCE},
        chosen=chosen,
        errors=errors,
        pointer=pointer,
        Direction=Direction,
        article=_article(pointer),
        specialty=BY_SLUG[pointer.specialty] if pointer and pointer.specialty else None,
    )


def _article(pointer: Pointer | None) -> queries.Listed | None:
    found = {each.slug: each for each in queries.articles(db.session)} if pointer else {}
    return found.get(pointer.article) if pointer else None


def _one(kind: type[Choice], form: MultiDict[str, str], name: str) -> Choice | None:
    try:
        return kind(form.get(name, ""))
    except ValueError:
        return None
