"""Bookings that are being filled in."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime


class BookingDraft(Base):
    """What one browser has filled in so far; sealed, and gone after some hours.

    `key_hash` is of the address *and* the browser, so that the address alone opens nothing.
    """

    __tablename__ = "booking_draft"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sealed: Mapped[str] = mapped_column(EncryptedText)
