"""Reads of articles, ours and elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.articles.fulltext import matching_ids
from app.articles.models import Article, ArticleSpecialty, ExternalArticle, ExternalArticleSpecialty
from app.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Listed:
    """An article in a list, without its text."""

    slug: str
    title: str
    summary: str
    minutes: int
    checked_on: date
    published_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An article of others in a list."""

    url: str
    title: str
    publisher: str
    author: str
    published_on: date | None
    summary: str


_LISTED = (
    Article.slug,
    Article.title,
    Article.summary,
    Article.minutes,
    Article.checked_on,
    Article.published_at,
    Article.changed_at,
)
_ELSEWHERE = (
    ExternalArticle.url,
    ExternalArticle.title,
    ExternalArticle.publisher,
    ExternalArticle.author,
    ExternalArticle.published_on,
    ExternalArticle.summary,
)


def article(session: Session, slug: str) -> Article:
    """One article of ours; NotFound when there is none."""
    found = session.scalar(select(Article).where(Article.slug == slug))
    if found is None:
        raise NotFound("There is no such article.")
    return found


def articles(session: Session, specialty_ids: Collection[int] = (), limit: int | None = None) -> list[Listed]:
    """Our articles in reading order; with specialties, those about any of them, closest to the point first."""
    wanted = select(*_LISTED).order_by(Article.position, Article.id).limit(limit)
    if specialty_ids:
        nearest = (
            select(ArticleSpecialty.article_id, func.min(ArticleSpecialty.position).label("nearness"))
            .where(ArticleSpecialty.specialty_id.in_(specialty_ids))
            .group_by(ArticleSpecialty.article_id)
            .subquery()
        )
        wanted = (
            select(*_LISTED)
            .join(nearest, nearest.c.article_id == Article.id)
            .order_by(nearest.c.nearness, Article.position, Article.id)
            .limit(limit)
        )
    return [Listed(*row) for row in session.execute(wanted)]


def elsewhere(session: Session, specialty_ids: Collection[int] = (), limit: int = 50) -> list[Elsewhere]:
    """Living articles of others, newest first."""
    wanted = (
        select(*_ELSEWHERE)
        .where(ExternalArticle.dead_since.is_(None))
        .order_by(ExternalArticle.published_on.desc().nulls_last(), ExternalArticle.id)
        .limit(limit)
    )
    if specialty_ids:
        about = ExternalArticleSpecialty.specialty_id.in_(specialty_ids)
        joined = ExternalArticleSpecialty.external_article_id == ExternalArticle.id
        wanted = wanted.where(exists().where(joined, about))
    return [Elsewhere(*row) for row in session.execute(wanted)]


def search(session: Session, query: str, limit: int = 20) -> tuple[list[Listed], list[Elsewhere]]:
    """Articles that match what somebody typed, best first: ours, and those of others that are alive."""
    own_ids = matching_ids(session, "article", query, limit)
    other_ids = matching_ids(session, "external_article", query, limit)
    ours = select(Article.id, *_LISTED).where(Article.id.in_(own_ids))
    own = {row[0]: Listed(*row[1:]) for row in session.execute(ours)}
    others = select(ExternalArticle.id, *_ELSEWHERE).where(
        ExternalArticle.id.in_(other_ids), ExternalArticle.dead_since.is_(None)
    )
    living = {row[0]: Elsewhere(*row[1:]) for row in session.execute(others)}
    return [own[each] for each in own_ids], [living[each] for each in other_ids if each in living]


def links_to_check(session: Session, checked_before: datetime, limit: int) -> list[tuple[int, str]]:
    """(id, address) of links elsewhere whose last check is old, the oldest first. Dead ones too: they may come back."""
    due = ExternalArticle.checked_at.is_(None) | (ExternalArticle.checked_at < checked_before)
    wanted = (
        select(ExternalArticle.id, ExternalArticle.url)
        .where(due)
        .order_by(ExternalArticle.checked_at.nulls_first(), ExternalArticle.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in session.execute(wanted)]


def external(session: Session, external_id: int) -> ExternalArticle:
    """One article elsewhere, as its editor sees it; NotFound when there is none."""
    found = session.get(ExternalArticle, external_id)
    if found is None:
        raise NotFound("There is no such article.")
    return found


def all_external(session: Session) -> list[ExternalArticle]:
    """Every article elsewhere, dead links first, then by title."""
    wanted = select(ExternalArticle).order_by(
        ExternalArticle.dead_since.is_(None), ExternalArticle.failures.desc(), ExternalArticle.title
    )
    return list(session.scalars(wanted))
