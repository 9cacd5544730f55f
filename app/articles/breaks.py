"""Movement breaks as a calendar file: one short event for each break of a working day, repeated on weekdays.

Times are floating (RFC 5545 §3.3.5, form 1): nine o'clock wherever the person is. Each break is an event of its own,
because several calendars do not understand a rule with many minutes in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event

EVERY = timedelta(minutes=30)
LONG = timedelta(minutes=2)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """Full hours between which to be reminded: 0 <= start < end <= 24. `weeks` is how long the reminders last."""

    start: int = 9
    end: int = 17
    weeks: int = 12

    def __post_init__(self) -> None:
        if not (0 <= self.start < self.end <= 24 and 1 <= self.weeks <= 52):
            raise ValueError("a working day starts before it ends, within 0 to 24, for 1 to 52 weeks")


def times(day: WorkingDay) -> list[time]:
    """When to move: every 30 minutes after the start, and not at the end."""
    first = datetime.combine(date.min, time(day.start)) + EVERY
    count = (day.end - day.start) * 2 - 1
    return [(first + number * EVERY).time() for number in range(count)]


def calendar(day: WorkingDay, first_day: date, stamped_at: datetime, summary: str, description: str) -> bytes:
    """The file. `first_day` may be any day; the first break is on the next weekday from it."""
    start = first_day
    while start.weekday() > 4:
        start += timedelta(days=1)
    whole = Calendar()
    whole.add("prodid", "-//Unknot//Movement breaks//EN")
    whole.add("version", "2.0")
    whole.add("x-wr-calname", summary)
    for at in times(day):
        whole.add_component(_event(datetime.combine(start, at), day.weeks, stamped_at, summary, description))
    return bytes(whole.to_ical())


def _event(begin: datetime, weeks: int, stamped_at: datetime, summary: str, description: str) -> Event:
    event = Event()
    event.add("uid", f"movement-break-{begin:%H%M}@unknot")
    event.add("dtstamp", stamped_at)
    event.add("dtstart", begin)
    event.add("duration", LONG)
    event.add("rrule", {"freq": "weekly", "byday": WEEKDAYS, "count": weeks * len(WEEKDAYS)})
    event.add("summary", summary)
    event.add("description", description)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", timedelta(0))
    event.add_component(alarm)
    return event
