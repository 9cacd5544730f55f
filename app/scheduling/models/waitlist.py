"""Who waits for a time, and what was offered to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime
from app.scheduling.models.bookings import BIG_ID


class WaitlistEntry(Base):
    """A wish for a time with one therapist. Minutes are of the venue's wall clock; bit 0 of `weekdays` is Monday.

    Nothing is offered before `proved_at`: until then nobody has shown that the address is theirs. `mails` asked for
    that so far, the newest at `asked_at`.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'offered', 'booked', 'left')", name="state"),
        Index("ix_waitlist_entry_therapist_id_state", "therapist_id", "state"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token: Mapped[str] = mapped_column(EncryptedText)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    first: Mapped[date]
    last: Mapped[date]
    weekdays: Mapped[int] = mapped_column(default=127)
    from_minute: Mapped[int] = mapped_column(default=0)
    to_minute: Mapped[int] = mapped_column(default=1440)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    phone: Mapped[str | None] = mapped_column(String(20))
    locale: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mails: Mapped[int] = mapped_column(default=0, server_default="0")


class WaitlistOffer(Base):
    """One time offered to one entry: a held booking stands behind it. No address is offered the same time twice."""

    __tablename__ = "waitlist_offer"
    __table_args__ = (UniqueConstraint("entry_id", "location_id", "starts_at"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entry.id", ondelete="CASCADE"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), unique=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
