"""Condition and technique pages, which join what is known with articles and people."""

from flask import Blueprint, render_template

from app.articles import library, queries
from app.articles.structured import medical_page
from app.core.errors import NotFound
from app.directory.catalogue import BY_SLUG, TECHNIQUES_FOR, Specialty, Standing
from app.doors.audience import audience
from app.doors.database import db
from app.web.articles.views import public_url

guides = Blueprint("guides", __name__)

STANDINGS: tuple[Standing, ...] = ("recommended", "with_caution", "no_evidence")


@guides.get("/conditions/<slug>")
@audience("public")
def condition(slug: str) -> str:
    """Warning signs first, then signs, self-care, techniques with their standing, articles and therapists."""
    techniques = [(BY_SLUG[each], standing) for each, standing in TECHNIQUES_FOR.get(slug, {}).items()]
    return _page(slug, "condition", techniques)


@guides.get("/techniques/<slug>")
@audience("public")
def technique(slug: str) -> str:
    used = [(BY_SLUG[each], stands[slug]) for each, stands in TECHNIQUES_FOR.items() if slug in stands]
    return _page(slug, "technique", used)


def _page(slug: str, kind: str, related: list[tuple[Specialty, Standing]]) -> str:
    specialty, guide = BY_SLUG.get(slug), library.guide(slug)
    if specialty is None or specialty.kind != kind or guide is None:
        raise NotFound("There is no such page.")
    facts = medical_page(
        url=public_url(f"guides.{kind}", slug=slug),
        title=specialty.name,
        summary=guide.document.facts.summary,
        checked_on=guide.document.facts.checked_on,
        about=[(kind, specialty.name)],
        changed_at=None,
    )
    return render_template(
        "articles/guide.html",
        specialty=specialty,
        guide=guide,
        related=sorted(related, key=lambda each: STANDINGS.index(each[1])),
        articles=queries.articles(db.session, [specialty.id], limit=4),
        others=queries.elsewhere(db.session, [specialty.id], limit=5),
        facts=facts,
    )
