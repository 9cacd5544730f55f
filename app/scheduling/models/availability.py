"""When a therapist works. Weekly hours and exceptions belong to a location; time off to all, or to one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, UtcDateTime


class SchedulingSettings(Base):
    """How a therapist takes bookings; without a row the defaults here hold.

    Notice, cut-offs and travel are minutes. `travel_minutes` lies between visits at two different locations.
    `derived_until` is the first week that has no timeline row yet.
    """

    __tablename__ = "scheduling_settings"
    __table_args__ = (
        CheckConstraint("minimum_notice BETWEEN 0 AND 20160", name="minimum_notice"),
        CheckConstraint("horizon_days BETWEEN 1 AND 365", name="horizon_days"),
        CheckConstraint("grid_minutes IN (5, 10, 15, 20, 30, 60)", name="grid_minutes"),
        CheckConstraint("accept_hours BETWEEN 1 AND 72", name="accept_hours"),
        CheckConstraint("travel_minutes BETWEEN 0 AND 240", name="travel_minutes"),
    )

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True)
    minimum_notice: Mapped[int] = mapped_column(default=120)
    horizon_days: Mapped[int] = mapped_column(default=60)
    grid_minutes: Mapped[int] = mapped_column(default=15)
    accept_hours: Mapped[int] = mapped_column(default=24)
    cancel_cutoff: Mapped[int] = mapped_column(default=24 * 60)
    reschedule_cutoff: Mapped[int] = mapped_column(default=24 * 60)
    travel_minutes: Mapped[int] = mapped_column(default=30)
    most_open_requests: Mapped[int] = mapped_column(default=3)
    derived_until: Mapped[int] = mapped_column(default=0)


class OpeningHours(Base):
    """Open on `weekday` (0 is Monday) from `opens` to `closes`, wall minutes; past 1440 is on the next date."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens BETWEEN 0 AND 1440 AND opens < closes AND closes <= 2880", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]


class DateException(Base):
    """Replaces the hours of one date: one row an interval, or a single row without times for a closed day."""

    __tablename__ = "date_exception"
    __table_args__ = (
        Index("ix_date_exception_location_id_day", "location_id", "day"),
        CheckConstraint(
            "(opens IS NULL AND closes IS NULL) OR (opens BETWEEN 0 AND 1440 AND opens < closes AND closes <= 2880)",
            name="minutes",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    day: Mapped[date]
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(120), default="")


class TimeOff(Base):
    """Removes `[starts_at, ends_at)` everywhere, or at one location. Half days and ranges alike."""

    __tablename__ = "time_off"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_time_off_therapist_id_ends_at", "therapist_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("location.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(String(120), default="")


class Holiday(Base):
    """A date on which all of a therapist's locations stay closed."""

    __tablename__ = "holiday"

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="")


class ImportedBusy(Base):
    """A busy time from another calendar. `feed_id` names the calendar, so that a sync replaces its own rows only."""

    __tablename__ = "imported_busy"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_imported_busy_therapist_id_ends_at", "therapist_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"))
    feed_id: Mapped[int] = mapped_column(index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ZoneData(Base):
    """Each release of the time zone data that visits and hours were brought in line with; the last one counts."""

    __tablename__ = "zone_data"

    version: Mapped[str] = mapped_column(String(20), primary_key=True)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TimelineWeek(Base):
    """One week of one location: `open` and `busy` bits, as `timeline.split` writes them and `timeline.join` reads them.

    `busy` is the therapist's, as seen from this location: visits elsewhere take travel time too. Always derived whole.
    """

    __tablename__ = "timeline_week"
    __table_args__ = {"sqlite_with_rowid": False}

    therapist_id: Mapped[int] = mapped_column(
        ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    location_id: Mapped[int] = mapped_column(
        ForeignKey("location.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    week: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    open: Mapped[bytes] = mapped_column(LargeBinary)
    busy: Mapped[bytes] = mapped_column(LargeBinary)
