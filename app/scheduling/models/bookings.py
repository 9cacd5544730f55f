"""One visit and everything that must be true of it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime

BIG_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is called INTEGER."""


def _where_given(column: str, *more: str) -> Index:
    """An index of the rows that have the column: most bookings do not, and need not be written into it."""
    given = text(f"{column} IS NOT NULL")
    name = "_".join(("ix_booking", column, *more))
    return Index(name, column, *more, sqlite_where=given, postgresql_where=given)


class Booking(Base):
    """One visit, from `held` to `attended`.

    What was agreed is kept here, whatever the service says later: name, minutes, buffers, price. `wall_start` and
    `time_zone` are the venue's, so that a visit keeps its time on the wall when zone data changes. `expires_at` is
    the deadline of a held or requested booking. `new_…` is another time that one side asked for; both times are
    kept until the other side answers. `offered_times` are those that the therapist offers instead, as JSON: instant,
    location, time on the wall there. `sequence` grows with every change that a calendar must learn of.
    `screening` and `note` are sealed, and each read of them is in `AuditRead`.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint(
            "state IN ('held', 'requested', 'confirmed', 'attended', 'no_show', 'declined', 'expired',"
            " 'cancelled_by_patient', 'cancelled_by_therapist')",
            name="state",
        ),
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="reachable"),
        CheckConstraint("new_starts_at IS NULL OR state IN ('requested', 'confirmed')", name="new_time"),
        Index("ix_booking_therapist_id_starts_at", "therapist_id", "starts_at"),
        Index("ix_booking_state_expires_at", "state", "expires_at"),
        Index("ix_booking_email_key_state", "email_key", "state"),
        _where_given("phone", "state"),
        _where_given("new_expires_at"),
        _where_given("series_id"),
        _where_given("referral_id"),
    )

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    reference: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    token: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[str] = mapped_column(String(24))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sequence: Mapped[int] = mapped_column(default=0)
    events: Mapped[int] = mapped_column(default=0)

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id", ondelete="SET NULL"))
    service_name: Mapped[str] = mapped_column(String(120))
    minutes: Mapped[int]
    buffer_before: Mapped[int]
    buffer_after: Mapped[int]
    price_cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    cancel_cutoff: Mapped[int]
    reschedule_cutoff: Mapped[int]

    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wall_start: Mapped[str] = mapped_column(String(16))
    time_zone: Mapped[str] = mapped_column(String(40))
    new_starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    new_wall_start: Mapped[str | None] = mapped_column(String(16))
    new_location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id"))
    new_by: Mapped[str | None] = mapped_column(String(10))
    new_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_times: Mapped[str | None] = mapped_column(Text)

    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(254))
    email_key: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(20))
    visit_for: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str | None] = mapped_column(EncryptedText)
    locale: Mapped[str] = mapped_column(String(8), default="en")
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirm_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_tries: Mapped[int] = mapped_column(default=0)
    code_mails: Mapped[int] = mapped_column(default=1)

    screening: Mapped[str | None] = mapped_column(EncryptedText)
    note: Mapped[str | None] = mapped_column(EncryptedText)
    series_id: Mapped[str | None] = mapped_column(String(27))
    referral_id: Mapped[int | None]


class BookingEvent(Base):
    """The append-only history of a booking. `number` counts from 1 and leaves no gap."""

    __tablename__ = "booking_event"
    __table_args__ = {"sqlite_with_rowid": False}

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(16))
    old_state: Mapped[str | None] = mapped_column(String(24))
    new_state: Mapped[str] = mapped_column(String(24))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(40), default="")


class Occupancy(Base):
    """One row per (therapist, quantum) that a live booking owns: the guarantee against double booking."""

    __tablename__ = "occupancy"
    __table_args__ = {"sqlite_with_rowid": False}

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id"), primary_key=True, autoincrement=False)
    quantum: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)


class BookingMessage(Base):
    """What patient and therapist wrote to each other about a visit; sealed."""

    __tablename__ = "booking_message"

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    author: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(EncryptedText)


class IdempotencyKey(Base):
    """The answer to a create request, kept for 24 hours.

    `key_hash` is of the key and of whose it is, `fingerprint` of the parameters.
    """

    __tablename__ = "idempotency_key"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    answer: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class BlockedPerson(Base):
    """Somebody who may not book with a therapist: `value` is an e-mail key or a phone number."""

    __tablename__ = "blocked_person"

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True)
    value: Mapped[str] = mapped_column(String(254), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class VisitsLink(Base):
    """A mailed link to all visits of one address; no password."""

    __tablename__ = "visits_link"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AuditRead(Base):
    """Who read which sealed text, and when; never the text."""

    __tablename__ = "audit_read"
    __table_args__ = (Index("ix_audit_read_kind_subject_id", "kind", "subject_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reader: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
