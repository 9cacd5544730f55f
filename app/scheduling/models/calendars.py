"""Calendars from elsewhere that a therapist imports, and the secret address of their own."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime


class ImportedCalendar(Base):
    """A Google, Outlook or Apple calendar. Its address is a secret, so it is sealed; without one it came as a file.

    `read_at` is when its content was last worked out, `synced_at` when the server last said how it stands. What it keeps
    busy are the `ImportedBusy` rows with its id as `feed_id`. `remarks` are [begins, sentence, skipped, its values], never titles.
    """

    __tablename__ = "imported_calendar"
    __table_args__ = (Index("ix_imported_calendar_next_try_at", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str | None] = mapped_column(EncryptedText)
    etag: Mapped[str | None] = mapped_column(String(200))
    last_modified: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    events: Mapped[int] = mapped_column(default=0)
    busy_count: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    remarks: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)


class CalendarFeed(Base):
    """The secret address of a therapist's own visits as a calendar: only its hash is kept."""

    __tablename__ = "calendar_feed"

    therapist_id: Mapped[int] = mapped_column(
        ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
