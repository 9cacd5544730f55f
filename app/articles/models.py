"""Our own articles, as synced from the repository, and articles elsewhere that an editor added."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.database import Base, UtcDateTime


class Article(Base):
    """A Markdown file of ours, rendered. `digest` is of the file and its sources; `text` is what searching reads.

    `contents` is [[anchor, title]]; `sources` are the cited ones in the order of their numbers.
    """

    __tablename__ = "article"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300))
    checked_on: Mapped[date]
    minutes: Mapped[int]
    html: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    contents: Mapped[list[list[str]]] = mapped_column(JSON)
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    specialties: Mapped[list["ArticleSpecialty"]] = relationship(
        cascade="all, delete-orphan", order_by="ArticleSpecialty.position"
    )


class ArticleSpecialty(Base):
    """What an article is about, the main thing first. `specialty_id` is from the catalogue in the code."""

    __tablename__ = "article_specialty"

    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"), primary_key=True)
    specialty_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    position: Mapped[int]


class ExternalArticle(Base):
    """An article elsewhere: an editor's own summary and the address.

    `failures` counts the failed checks in a row; `dead_since` is set when the link is given up, and hides it.
    """

    __tablename__ = "external_article"
    __table_args__ = (CheckConstraint("failures >= 0", name="failures"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(500), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    publisher: Mapped[str] = mapped_column(String(120))
    author: Mapped[str] = mapped_column(String(120), default="")
    published_on: Mapped[date | None]
    summary: Mapped[str] = mapped_column(String(600))
    added_by: Mapped[str] = mapped_column(String(120))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    dead_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    specialties: Mapped[list["ExternalArticleSpecialty"]] = relationship(cascade="all, delete-orphan")


class ExternalArticleSpecialty(Base):
    """What an article elsewhere is about."""

    __tablename__ = "external_article_specialty"

    external_article_id: Mapped[int] = mapped_column(
        ForeignKey("external_article.id", ondelete="CASCADE"), primary_key=True
    )
    specialty_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
