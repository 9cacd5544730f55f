"""Changes to articles: the sync from the repository, articles elsewhere, and what a link check found."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.administration import note_act
from app.articles import links
from app.articles.documents import Document
from app.articles.library import TECHNIQUES, Library
from app.articles.models import Article, ArticleSpecialty, ExternalArticle, ExternalArticleSpecialty
from app.articles.rendering import render
from app.core import clock
from app.core.errors import Conflict, Invalid, NotFound
from app.directory.catalogue import BY_SLUG, SPECIALTIES

RENDERING = "2"
"""Raise it when rendering changes, so that the next sync renders every article again."""


@dataclass(slots=True)
class SyncReport:
    """Slugs by what happened to them."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def sync(session: Session, library: Library) -> SyncReport:
    """Make the articles in the database those of the library. Running it again changes nothing."""
    kept = {each.slug: each for each in session.scalars(select(Article))}
    report = SyncReport()
    for document in library.articles:
        digest = _digest(document, library)
        present = kept.pop(document.facts.slug, None)
        if present is not None and present.digest == digest:
            report.unchanged.append(document.facts.slug)
            continue
        (report.added if present is None else report.changed).append(document.facts.slug)
        session.add(_filled(present or Article(), document, library, digest))
    for gone in kept.values():
        report.removed.append(gone.slug)
        session.delete(gone)
    session.flush()
    return report


def _filled(row: Article, document: Document, library: Library, digest: str) -> Article:
    facts, page = document.facts, render(document.body, TECHNIQUES)
    row.slug, row.position, row.title, row.summary = facts.slug, facts.position, facts.title, facts.summary
    row.checked_on, row.minutes, row.html, row.text = facts.checked_on, page.minutes, page.html, page.text
    row.contents = [[each.anchor, each.title] for each in page.contents]
    row.sources = [library.sources[key].model_dump() for key in page.cited]
    row.digest, row.changed_at = digest, clock.now()
    wanted = {BY_SLUG[slug].id: position for position, slug in enumerate(facts.specialties)}
    present = {each.specialty_id: each for each in row.specialties}
    row.specialties = [present.get(each) or ArticleSpecialty(specialty_id=each) for each in wanted]
    for each in row.specialties:
        each.position = wanted[each.specialty_id]
    return row


def _digest(document: Document, library: Library) -> str:
    cited = "".join(library.sources[key].model_dump_json() for key in document.facts.sources)
    whole = "\n".join((RENDERING, document.facts.model_dump_json(), document.body, cited))
    return hashlib.sha256(whole.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ExternalFacts:
    """What an editor says of an article elsewhere. The summary is in the editor's own words, as plain text."""

    url: str
    title: str
    publisher: str
    summary: str
    specialties: tuple[str, ...]
    author: str = ""
    published_on: date | None = None


def add_external(session: Session, facts: ExternalFacts, editor: str) -> ExternalArticle:
    """List an article elsewhere; Conflict when its address is already listed."""
    _check(facts)
    if session.scalar(select(ExternalArticle.id).where(ExternalArticle.url == facts.url)) is not None:
        raise Conflict("That address is already listed.")
    row = _described(ExternalArticle(added_by=editor), facts)
    session.add(row)
    session.flush()
    return row


def edit_external(session: Session, external_id: int, facts: ExternalFacts) -> ExternalArticle:
    """Change what is said of an article elsewhere. A new address starts with a clean record."""
    row = session.get(ExternalArticle, external_id)
    if row is None:
        raise NotFound("There is no such article.")
    _check(facts)
    clash = select(ExternalArticle.id).where(ExternalArticle.url == facts.url, ExternalArticle.id != external_id)
    if session.scalar(clash) is not None:
        raise Conflict("That address is already listed.")
    if row.url != facts.url:
        row.failures, row.dead_since, row.checked_at = 0, None, None
    _described(row, facts)
    session.flush()
    return row


def remove_external(session: Session, external_id: int, editor: str) -> None:
    """Take an article elsewhere off the list; the history keeps which one it was."""
    row = session.get(ExternalArticle, external_id)
    if row is None:
        raise NotFound("There is no such article.")
    note_act(session, editor, "article-removed", f"article:{external_id}", row.url)
    session.delete(row)
    session.flush()


def facts_of(row: ExternalArticle) -> ExternalFacts:
    """What is said of it now, in the words in which it can be changed."""
    about = {each.specialty_id for each in row.specialties}
    return ExternalFacts(
        url=row.url,
        title=row.title,
        publisher=row.publisher,
        summary=row.summary,
        specialties=tuple(each.slug for each in SPECIALTIES if each.id in about),
        author=row.author,
        published_on=row.published_on,
    )


def _described(row: ExternalArticle, facts: ExternalFacts) -> ExternalArticle:
    row.url, row.title, row.publisher, row.author = facts.url, facts.title, facts.publisher, facts.author
    row.summary, row.published_on = facts.summary, facts.published_on
    present = {each.specialty_id: each for each in row.specialties}
    wanted = dict.fromkeys(BY_SLUG[slug].id for slug in facts.specialties)
    row.specialties = [present.get(each) or ExternalArticleSpecialty(specialty_id=each) for each in wanted]
    return row


def _check(facts: ExternalFacts) -> None:
    limits = (("title", 200), ("publisher", 120), ("summary", 600), ("url", 500))
    for name, most in limits:
        value = getattr(facts, name)
        if not value.strip() or len(value) > most:
            raise Invalid("Please fill this in, with at most %(most)s characters.", field=name, values={"most": most})
    if len(facts.author) > 120:
        raise Invalid("Please give an author of at most 120 characters.", field="author")
    if not links.is_public_address(facts.url):
        raise Invalid("Please give a full web address that starts with https://", field="url")
    if not facts.specialties or not set(facts.specialties) <= BY_SLUG.keys():
        raise Invalid("Please choose at least one condition or technique.", field="specialties")
    if facts.published_on is not None and facts.published_on > clock.today():
        raise Invalid("That date is in the future.", field="published_on")


def record_check(session: Session, external_id: int, status: int | None, at: datetime) -> links.Standing:
    """Keep what a check of a link found. A link that answers again comes back."""
    row = session.get(ExternalArticle, external_id)
    if row is None:
        raise NotFound("There is no such article.")
    standing = links.after_check(row.failures, status)
    row.failures, row.checked_at = standing.failures, at
    row.dead_since = (row.dead_since or at) if standing.dead else None
    return standing


def record_checks(session: Session, statuses: Mapping[int, int | None], at: datetime) -> dict[int, links.Standing]:
    """Keep what `links.probe` found, all in one short transaction (the asking was done outside of it)."""
    return {external_id: record_check(session, external_id, status, at) for external_id, status in statuses.items()}
