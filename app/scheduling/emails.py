"""The messages about visits: facts from the outbox in, a Message out; None when it is no longer true.

Words are in `templates/mail/visit/`. Subjects and addresses name no treatment and no complaint.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy.orm import Session

from app.core import formats
from app.core.catalogues import ENGLISH, texts
from app.core.clock import now
from app.core.errors import NotFound
from app.core.texts import N_
from app.core.zones import zone
from app.directory.card import shown_phone
from app.directory.models import Therapist
from app.notifications.delivery import Renderer
from app.notifications.messages import Attachment, Letterhead, Message
from app.notifications.mime import address_of
from app.notifications.rendering import write
from app.scheduling import deadlines
from app.scheduling.calendar_file import Method, calendar_file, where
from app.scheduling.contact import NOWHERE
from app.scheduling.models import WaitlistEntry
from app.scheduling.plan import messages
from app.scheduling.queries.offers import offers
from app.scheduling.queries.visits import Visit, history, offered_times, series_of, visit_by_id
from app.scheduling.states import Action, State, Who
from app.scheduling.still_true import still_true

CALENDAR: Final[dict[str, Method]] = {
    "confirmed": "REQUEST",
    "moved": "REQUEST",
    "cancelled": "CANCEL",
    "patient_cancelled": "CANCEL",
    "cancelled_therapist": "CANCEL",
    "new_booking": "PUBLISH",
    "moved_therapist": "PUBLISH",
}
"""Which messages carry a calendar file; one that takes a visit out goes to whom one was sent that put it in."""


def when_in_words(at: datetime, time_zone: str, locale: str) -> str:
    """`Tue 1 Dec, 4:30 pm (Central Time)`, always in the venue's zone."""
    return f"{formats.when(at.astimezone(zone(time_zone)), locale)} ({formats.zone_name(time_zone, locale)})"


def price_in_words(visit: Visit, locale: str) -> str | None:
    return None if visit.price_cents is None else formats.money(visit.price_cents, visit.currency, locale)


def _about_visit(name: str) -> Renderer:
    def render(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
        dates = _dates(session, name, facts)
        if not dates:
            return None
        to_therapist = facts.get("to") == "therapist"
        to = dates[0].therapist_email if to_therapist else dates[0].email
        return _message(session, name, dates, facts, letterhead, to, to_therapist) if to and to != NOWHERE else None

    return render


def _dates(session: Session, name: str, facts: Mapping[str, Any]) -> list[Visit]:
    """The visits that a message speaks for, without those that it is no longer true of."""
    gone = {"therapist_name": facts["therapist_gone"]} if "therapist_gone" in facts else {}
    dates = [each._replace(**gone) for each in _named(session, facts) if still_true(name, each, facts, now())]
    # The link and the code to confirm with open the one visit that they were made for.
    shut = name == "confirm_contact" and all(each.id != facts["booking"] for each in dates)
    return [] if shut else dates


def _named(session: Session, facts: Mapping[str, Any]) -> list[Visit]:
    """One visit, or those of a series that are named by their dates (all, where none is)."""
    if "series" in facts:
        named = {datetime.fromisoformat(each) for each in facts.get("dates", [])}
        return [each for each in series_of(session, facts["series"]) if not named or each.starts_at in named]
    try:
        return [visit_by_id(session, facts["booking"])]
    except NotFound:
        return []


def _message(
    session: Session,
    name: str,
    dates: list[Visit],
    facts: Mapping[str, Any],
    letterhead: Letterhead,
    to: str,
    to_therapist: bool,
) -> Message | None:
    visit = dates[0]
    locale = visit.therapist_locale if to_therapist else visit.locale
    if not to_therapist and visit.verified_at is None:
        visit = visit._replace(name="", visit_for="")
    attachments = _calendar(session, name, dates, letterhead, to_therapist, locale)
    if name == "cancelled_therapist" and not attachments:
        return None
    words = {
        "visit": visit,
        "greeting": _greeting(visit.name, locale),
        "other": visit.name if to_therapist else visit.therapist_name,
        "to_therapist": to_therapist,
        "gone": "therapist_gone" in facts,
        "when": _when(dates, locale),
        "deadline": _moment(visit.expires_at, visit, locale),
        "cancel_until": _moment(deadlines.last_moment(now(), visit.starts_at, visit.cancel_cutoff), visit, locale),
        "phone": shown_phone(visit.therapist_phone) or "",
        "was_when": _there(facts, "was", visit, locale),
        "new_when": _there(facts, "new", visit, locale),
        "new_place": visit.new_place,
        "new_deadline": _moment(visit.new_expires_at, visit, locale),
        "reason": facts.get("reason") or "",
        "code": facts.get("code", ""),
        "link": _page(visit, letterhead, to_therapist),
        "confirm_link": f"{letterhead.base_url}/visits/confirm/{facts.get('confirm', '')}",
        "several": len(dates) > 1,
        "files": len(attachments),
        "offered": _offered(session, visit, locale) if name == "other_times" else [],
    }
    written = write(letterhead, f"visit/{name}", words, locale=locale, table=_table(visit, dates, locale, to_therapist))
    return Message(
        to=to,
        subject=written.subject,
        text=written.text,
        html=written.html,
        attachments=attachments,
    )


def _greeting(name: str, locale: str) -> str:
    """To an address that nobody proved we say no words of a stranger's, such as an advertisement for a name."""
    _ = texts(locale).gettext
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def _page(visit: Visit, letterhead: Letterhead, to_therapist: bool) -> str:
    """The reader's own page of a visit."""
    return letterhead.base_url + (f"/practice/visits/{visit.id}" if to_therapist else f"/visits/{visit.token}")


def _when(dates: Sequence[Visit], locale: str) -> str:
    """The first date, and how many follow it."""
    first = when_in_words(dates[0].starts_at, dates[0].time_zone, locale)
    more = len(dates) - 1
    words = texts(locale).ngettext("%(when)s, and %(num)s more date", "%(when)s, and %(num)s more dates", more)
    return words % {"when": first, "num": more} if more else first


def _table(visit: Visit, dates: Sequence[Visit], locale: str, to_therapist: bool) -> list[tuple[str, str]]:
    _ = texts(locale).gettext
    rows = [
        (_("When"), "\n".join(when_in_words(each.starts_at, each.time_zone, locale) for each in dates)),
        (_("Where"), where(visit, locale)),
        (_("With"), None if to_therapist else visit.therapist_name),
        (_("Phone"), None if to_therapist or visit.state != "confirmed" else shown_phone(visit.therapist_phone)),
        (_("Treatment"), f"{visit.service_name}, {visit.minutes} min"),
        (_("Price"), price_in_words(visit, locale)),
        (_("For"), visit.visit_for),
        (_("Reference"), visit.reference),
    ]
    return [(label, value) for label, value in rows if value]


def _offered(session: Session, visit: Visit, locale: str) -> list[str]:
    """The therapist's other times, each on the clock of its place."""
    zones = {each.one.location_id: each.one.time_zone for each in offers(session, visit.therapist_slug)}
    return [when_in_words(at, zones.get(place, visit.time_zone), locale) for at, place in offered_times(visit)]


def _calendar(
    session: Session, name: str, dates: list[Visit], letterhead: Letterhead, to_therapist: bool, locale: str
) -> tuple[Attachment, ...]:
    """A file for each date: one message of RFC 5546 is about one event."""
    method = CALENDAR.get(name)
    if method is None:
        return ()
    files = []
    for number, visit in enumerate(dates, 1):
        if method == "CANCEL" and not _was_sent(session, visit, to_therapist):
            continue
        with_whom = texts(locale).gettext(N_("Visit with %(name)s")) % {"name": visit.therapist_name}
        title = visit.name if to_therapist else with_whom
        sender, page = address_of(letterhead.sender), _page(visit, letterhead, to_therapist)
        # The patient is a guest in their own calendar only.
        event = visit._replace(email=None) if to_therapist else visit
        content = calendar_file(event, method, letterhead.base_url, sender, now(), title, page, locale)
        file = f"visit-{number}.ics" if len(dates) > 1 else "visit.ics"
        files.append(Attachment(file, "text/calendar", content, (("method", method), ("charset", "utf-8"))))
    return tuple(files)


def _was_sent(session: Session, visit: Visit, to_therapist: bool) -> bool:
    """Whether its reader was told of it with a file. A therapist who accepts a request is not."""
    reader = "therapist" if to_therapist else "patient"
    told = [
        kind.removeprefix("visit.")
        for each in history(session, visit.id)
        for to, kind in messages(cast("State | None", each.old_state), cast(Action, each.action), _who(each.actor))
        if to == reader
    ]
    return any(CALENDAR.get(name) in ("REQUEST", "PUBLISH") for name in told)


def _who(actor: str) -> Who:
    """`therapist:12` is a therapist."""
    return cast(Who, actor.partition(":")[0])


def _moment(at: datetime | None, visit: Visit, locale: str) -> str:
    return when_in_words(at, visit.time_zone, locale) if at else ""


def _there(facts: Mapping[str, Any], which: str, visit: Visit, locale: str) -> str:
    """The time that a visit had or may get, on the clock of the place that goes with it."""
    text, time_zone = facts.get(f"{which}_at"), facts.get(f"{which}_zone") or visit.time_zone
    return when_in_words(datetime.fromisoformat(text), time_zone, locale) if text else ""


def _waitlist_joined(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    entry = session.get(WaitlistEntry, facts["entry"])
    if entry is None or entry.state in ("booked", "left") or not entry.proved_at:
        return None
    words = {"greeting": _greeting("", entry.locale), "leave_link": f"{letterhead.base_url}/waitlist/{entry.token}"}
    written = write(letterhead, "visit/waitlist_joined", words, locale=entry.locale)
    return Message(entry.email, written.subject, written.text, written.html)


def _waitlist_confirm(session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    entry = session.get(WaitlistEntry, facts["entry"])
    if entry is None or entry.state != "waiting" or entry.proved_at:
        return None
    words = {
        "greeting": _greeting("", entry.locale),
        "other": session.get_one(Therapist, entry.therapist_id).name,
        "days": deadlines.PROVE.days,
        "link": f"{letterhead.base_url}/waitlist/{entry.token}",
    }
    written = write(letterhead, "visit/waitlist_confirm", words, locale=entry.locale)
    return Message(entry.email, written.subject, written.text, written.html)


def _visits_link(_session: Session, facts: Mapping[str, Any], letterhead: Letterhead) -> Message | None:
    words = {"link": f"{letterhead.base_url}/visits/mine/{facts['token']}"}
    written = write(letterhead, "visit/visits_link", words, locale=facts.get("language", ENGLISH))
    return Message(facts["to"], written.subject, written.text, written.html)


NAMES: Final = (
    "confirm_contact",
    "time_offered",
    "requested",
    "new_request",
    "confirmed",
    "new_booking",
    "declined",
    "other_times",
    "hold_ended",
    "expired",
    "request_expired",
    "cancelled",
    "patient_cancelled",
    "cancelled_therapist",
    "moved",
    "moved_therapist",
    "ask_move",
    "refuse_move",
    "move_lapsed",
    "reminder",
    "follow_up",
    "message",
)
RENDERERS: Final[dict[str, Renderer]] = {
    **{f"visit.{name}": _about_visit(name) for name in NAMES},
    "waitlist.confirm": _waitlist_confirm,
    "waitlist.joined": _waitlist_joined,
    "visits.link": _visits_link,
}
"""By kind: what the worker hands to the post."""
