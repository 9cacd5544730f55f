"""The tables of scheduling: when a therapist works, what is booked, and who waits."""

from app.scheduling.models.availability import (
    DateException,
    Holiday,
    ImportedBusy,
    OpeningHours,
    SchedulingSettings,
    TimelineWeek,
    TimeOff,
    ZoneData,
)
from app.scheduling.models.bookings import (
    AuditRead,
    BlockedPerson,
    Booking,
    BookingEvent,
    BookingMessage,
    IdempotencyKey,
    Occupancy,
    VisitsLink,
)
from app.scheduling.models.calendars import CalendarFeed, ImportedCalendar
from app.scheduling.models.drafts import BookingDraft
from app.scheduling.models.waitlist import WaitlistEntry, WaitlistOffer

__all__ = [
    "AuditRead",
    "BlockedPerson",
    "Booking",
    "BookingDraft",
    "BookingEvent",
    "BookingMessage",
    "CalendarFeed",
    "DateException",
    "Holiday",
    "IdempotencyKey",
    "ImportedBusy",
    "ImportedCalendar",
    "Occupancy",
    "OpeningHours",
    "SchedulingSettings",
    "TimeOff",
    "TimelineWeek",
    "VisitsLink",
    "WaitlistEntry",
    "WaitlistOffer",
    "ZoneData",
]
