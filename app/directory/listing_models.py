"""What the finder reads: one entry per (specialty, location), and one ready-made card per location. Derived, never edited."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Double, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime


class SearchEntry(Base):
    """A place in the index of the finder. The primary key is the index: a box is a handful of its ranges.

    `specialty_id` is 0 for "any", the specialty for a practice, and HOME_VISITS more than either for home visits
    (see `listing.partition`). `band` is floor(20 × latitude). Every filter is answered from this row alone:
    `listed_until` is a date's ordinal; the bit sets are those of `app.directory.listing`; `prices` holds
    ",minutes:cents" per offer; `price_cents` is the least of them. After `fresh_until`, also an ordinal, the page
    comes after others that are as near.

    The rest bounds the first free time from below, so that a search for the soonest need not ask everybody: bit *i* of
    `free_hours` is set if a visit might start in the hour `free_base + i` (hours since 1970, UTC), of `free_later` if in
    the hour FREE_HOURS after that, and of `free_firsts` if in the first half of the former; bit *i* of `free_quarters`,
    little-endian, says the same of the quarter *i* of an hour after `free_base`, where there is one. Of other times nothing
    is known. That is said of visits of `free_minutes` or more, and of a place that offers shorter ones nothing. A visit
    starts at least `lead` quanta from now, at a quantum that `pace` divides. Time passing and new bookings leave a bound
    true; whatever frees time sets it anew.
    """

    __tablename__ = "search_entry"
    __table_args__ = {"sqlite_with_rowid": False}

    specialty_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lon: Mapped[float] = mapped_column(Double, primary_key=True)
    lat: Mapped[float] = mapped_column(Double, primary_key=True)
    therapist_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    listed_until: Mapped[int]
    flags: Mapped[int]
    minutes: Mapped[int] = mapped_column(BigInteger)
    languages: Mapped[int] = mapped_column(BigInteger)
    specialties: Mapped[int] = mapped_column(BigInteger)
    price_cents: Mapped[int | None]
    prices: Mapped[str] = mapped_column(Text)
    reach_km: Mapped[float | None] = mapped_column(Double)
    currency: Mapped[str] = mapped_column(String(3))
    time_zone: Mapped[str] = mapped_column(String(40), server_default="UTC")
    fresh_until: Mapped[int] = mapped_column(server_default="9999999")
    free_base: Mapped[int] = mapped_column(server_default="0")
    free_hours: Mapped[int] = mapped_column(BigInteger, server_default="0")
    free_later: Mapped[int] = mapped_column(BigInteger, server_default="-1")
    free_firsts: Mapped[int] = mapped_column(BigInteger, server_default="-1")
    free_quarters: Mapped[bytes | None] = mapped_column(LargeBinary)
    free_minutes: Mapped[int] = mapped_column(server_default="0")
    lead: Mapped[int] = mapped_column(server_default="0")
    pace: Mapped[int] = mapped_column(server_default="1")


class Listing(Base):
    """The card of a therapist at a location, as JSON, and the keys of its search entries (so that they can be found again).

    The reference to the therapist has no cascade on purpose: whoever deletes one goes through `remove_therapist`,
    which clears the entries too. `bookable_until` is the last day (an ordinal) on which it can be booked online; the
    last eight columns are the entries' bound on the first free time, kept here while the entries are made anew.
    """

    __tablename__ = "listing"
    __table_args__ = (Index("uq_listing_location_id", "location_id", unique=True),)

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id"), primary_key=True, autoincrement=False)
    location_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lat: Mapped[float] = mapped_column(Double)
    lon: Mapped[float] = mapped_column(Double)
    entries: Mapped[str] = mapped_column(Text)
    listed_until: Mapped[int]
    card: Mapped[str] = mapped_column(Text)
    bookable_until: Mapped[int] = mapped_column(server_default="0")
    free_base: Mapped[int] = mapped_column(server_default="0")
    free_hours: Mapped[int] = mapped_column(BigInteger, server_default="0")
    free_later: Mapped[int] = mapped_column(BigInteger, server_default="-1")
    free_firsts: Mapped[int] = mapped_column(BigInteger, server_default="-1")
    free_quarters: Mapped[bytes | None] = mapped_column(LargeBinary)
    free_minutes: Mapped[int] = mapped_column(server_default="0")
    lead: Mapped[int] = mapped_column(server_default="0")
    pace: Mapped[int] = mapped_column(server_default="1")


class ListingReport(Base):
    """What a visitor says is wrong with a listing, for the people who run the directory. Sealed: it may touch health."""

    __tablename__ = "listing_report"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'settled')", name="state"),
        Index("ix_listing_report_state", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(EncryptedText, default="")
    contact: Mapped[str] = mapped_column(String(254), default="")
    state: Mapped[str] = mapped_column(String(8), default="open")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
