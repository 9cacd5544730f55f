"""Reads. `free_times` is the one answer to which times are free: pages, API, search and booking all ask it."""

from app.scheduling.queries.agenda import AgendaRow, agenda, bookings_touched, open_requests
from app.scheduling.queries.bookable import Bookable, bookable, bookables
from app.scheduling.queries.calendars import (
    DueCalendar,
    due_calendar,
    due_calendars,
    feed_owner,
    feed_since,
    home_zone,
    imported_calendars,
)
from app.scheduling.queries.free_times import FreeTime, first_free, free_times, is_free, series_plan, times_near
from app.scheduling.queries.ground import busy_elsewhere, held_times, open_times
from app.scheduling.queries.listed import listed
from app.scheduling.queries.next_times import Known, NextTimes, Window, next_times
from app.scheduling.queries.offers import Offer, offers
from app.scheduling.queries.own import exceptions, has_weekly_hours, holidays, settings, time_off, weekly_hours
from app.scheduling.queries.reach import beyond_reach
from app.scheduling.queries.visits import (
    EventRow,
    Visit,
    history,
    offered_times,
    visit,
    visit_by_id,
    visits_of_email,
    visits_of_link,
)
from app.scheduling.queries.waitlist import people_waiting

__all__ = [
    "AgendaRow",
    "Bookable",
    "DueCalendar",
    "EventRow",
    "FreeTime",
    "Known",
    "NextTimes",
    "Offer",
    "Visit",
    "Window",
    "agenda",
    "beyond_reach",
    "bookable",
    "bookables",
    "bookings_touched",
    "busy_elsewhere",
    "due_calendar",
    "due_calendars",
    "exceptions",
    "feed_owner",
    "feed_since",
    "first_free",
    "free_times",
    "has_weekly_hours",
    "held_times",
    "history",
    "holidays",
    "home_zone",
    "imported_calendars",
    "is_free",
    "listed",
    "next_times",
    "offered_times",
    "offers",
    "open_requests",
    "open_times",
    "people_waiting",
    "series_plan",
    "settings",
    "time_off",
    "times_near",
    "visit",
    "visit_by_id",
    "visits_of_email",
    "visits_of_link",
    "weekly_hours",
]
