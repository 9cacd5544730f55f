"""What the page of one visit shows: plain values, in the venue's time."""

from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.doors.locale import language
from app.scheduling import calendar_file, deadlines
from app.scheduling.queries import Offer, Visit, bookable, history, offered_times, offers
from app.scheduling.queries.elsewhere import zone_of_new_time
from app.scheduling.queries.visits import series_of
from app.scheduling.services.offers import is_offer
from app.scheduling.states import UNTOLD
from app.web.scheduling.times import strip_of
from app.web.scheduling.words import declined, local, place, span, zone_name

OVER = frozenset({"declined", "expired", "cancelled_by_patient", "cancelled_by_therapist"})


def state_of(visit: Visit, now: datetime) -> str:
    """The state as the patient may know it: a deadline that has passed counts at once; who came is the therapist's own."""
    if visit.state in ("held", "requested") and visit.expires_at and visit.expires_at <= now:
        return "hold_ended" if visit.state == "held" else "expired"
    if visit.state in UNTOLD or (visit.state == "confirmed" and visit.ends_at <= now):
        return "past"
    if visit.state == "expired" and visit.verified_at is None and visit.email:
        return "hold_ended"
    return visit.state


def shown(session: Session, visit: Visit, now: datetime) -> dict[str, Any]:
    """Everything that the templates of a visit need."""
    state, zone = state_of(visit, now), visit.time_zone
    live = state in ("requested", "confirmed") and visit.starts_at > now
    reason = _reason(session, visit) if state == "declined" else ""
    offered_us = state in ("held", "hold_ended") and is_offer(session, visit.id)
    return {
        "visit": visit,
        "state": state,
        "url": f"/visits/{visit.token}",
        "starts_at": local(visit.starts_at, zone),
        "ends_at": local(visit.ends_at, zone),
        "zone": zone_name(zone),
        "zone_id": zone,
        "where": gettext("At your home") if visit.location_kind == "home_visits" else calendar_file.where(visit),
        "deadline": local(visit.expires_at, zone) if visit.expires_at else None,
        "is_offer": state == "held" and offered_us,
        "was_offer": state == "hold_ended" and offered_us,
        "may_cancel": live and _open(visit, visit.cancel_cutoff, now),
        "may_move": live and visit.service_id is not None and _open(visit, visit.reschedule_cutoff, now),
        "cancel_until": _until(visit, visit.cancel_cutoff, now) if live else None,
        "move_until": _until(visit, visit.reschedule_cutoff, now) if live else None,
        "cancel_span": span(visit.cancel_cutoff),
        "live": live,
        "new_time": _new_time(session, visit) if live else None,
        "offered": _offered(session, visit) if live else [],
        "series": _series(session, visit, now),
        "calendar": _calendar(visit) if state == "confirmed" else None,
        "directions": calendar_file.directions_link(visit) if state == "confirmed" else None,
        "reminders": sorted(deadlines.reminders(now, visit.starts_at)),
        "why": declined(reason),
        "see_doctor": reason == "see_doctor",
        "week": _fresh(session, visit, now) if state in {*OVER, "hold_ended"} and reason != "see_doctor" else None,
    }


def _reason(session: Session, visit: Visit) -> str:
    """The therapist's for declining."""
    return next((each.reason for each in reversed(history(session, visit.id)) if each.action == "decline"), "")


def told(session: Session, visit: Visit) -> list[dict[str, Any]]:
    """What happened, in words."""
    return [
        {"at": local(each.at, visit.time_zone), "words": _happened(each.action, each.actor, visit)}
        for each in history(session, visit.id)
        if each.action not in ("attend", "miss", "keep_wall_time")
    ]


def _happened(action: str, actor: str, visit: Visit) -> str:
    mine, name = actor.startswith("patient"), visit.therapist_name
    words: dict[str, str] = {
        "hold": gettext("The time was held for you."),
        "request": gettext("You sent the request."),
        "confirm": gettext("The visit was confirmed."),
        "accept": gettext("%(name)s accepted.", name=name),
        "decline": gettext("%(name)s could not take this visit.", name=name),
        "expire": gettext("The deadline passed, and the time was let go."),
        "move": gettext("The visit was moved."),
        "lapse_move": gettext("Nobody answered about the other time, so the first one stays."),
        "offer_times": gettext("%(name)s offered other times.", name=name),
        "new_address": gettext("Mails go to your new address from now on."),
    }
    by: dict[str, tuple[str, str]] = {
        "cancel": (gettext("You cancelled."), gettext("%(name)s cancelled.", name=name)),
        "ask_move": (gettext("You asked for another time."), gettext("%(name)s asked for another time.", name=name)),
        "refuse_move": (gettext("You kept the first time."), gettext("%(name)s kept the first time.", name=name)),
    }
    return by[action][0 if mine else 1] if action in by else words.get(action, "")


def _open(visit: Visit, cutoff: int, now: datetime) -> bool:
    """Only an agreed visit has a cut-off (the services decide; this shows the same)."""
    return deadlines.before_cutoff(now, visit.starts_at, cutoff if visit.state == "confirmed" else 0)


def _until(visit: Visit, cutoff: int, now: datetime) -> datetime | None:
    last = deadlines.last_moment(now, visit.starts_at, cutoff)
    return local(last, visit.time_zone) if last else None


def _new_time(session: Session, visit: Visit) -> dict[str, Any] | None:
    """The other time on the clock of its own place."""
    if visit.new_starts_at is None:
        return None
    there = zone_of_new_time(session, visit.id) or visit.time_zone
    return {
        "starts_at": local(visit.new_starts_at, there),
        "mine": visit.new_by == "patient",
        "place": _named(visit, there, visit.new_place),
        "answer_by": local(visit.new_expires_at, visit.time_zone) if visit.new_expires_at else None,
    }


def _offered(session: Session, visit: Visit) -> list[dict[str, Any]]:
    """The therapist's other times; the place is said where it is another one, and its zone where that differs."""
    offered = offered_times(visit)
    if all(where == visit.location_id for _, where in offered):
        return [{"at": at.isoformat(), "starts_at": local(at, visit.time_zone), "place": None} for at, _ in offered]
    there = {each.one.location_id: each for each in offers(session, visit.therapist_slug)}
    return [
        {
            "at": at.isoformat(),
            "starts_at": local(at, there[where].one.time_zone),
            "place": None if where == visit.location_id else _elsewhere(visit, there[where]),
        }
        for at, where in offered
        if where in there
    ]


def _elsewhere(visit: Visit, there: Offer) -> str:
    return _named(visit, there.one.time_zone, place(there))


def _named(visit: Visit, time_zone: str, place_name: str | None) -> str:
    """What follows a time that is perhaps not said on the visit's own clock."""
    zone = zone_name(time_zone) if time_zone != visit.time_zone else None
    return ", ".join(filter(None, (zone, place_name)))


def _series(session: Session, visit: Visit, now: datetime) -> list[dict[str, Any]]:
    if visit.series_id is None:
        return []
    return [
        {
            "url": f"/visits/{each.token}",
            "starts_at": local(each.starts_at, each.time_zone),
            "state": state_of(each, now),
            "this": each.id == visit.id,
        }
        for each in series_of(session, visit.series_id)
    ]


def _calendar(visit: Visit) -> dict[str, str]:
    title = gettext("Visit with %(name)s", name=visit.therapist_name)
    return {
        "file": url_for("visits.calendar", token=visit.token),
        "google": calendar_file.google_link(visit, title, language()),
        "outlook": calendar_file.outlook_link(visit, title, language()),
    }


def _fresh(session: Session, visit: Visit, now: datetime) -> Any:
    """Times to choose from again, where the treatment is still on offer there."""
    if visit.service_id is None:
        return None
    try:
        one = bookable(session, visit.service_id, visit.location_id)
    except NotFound:
        return None
    return strip_of(session, visit.therapist_slug, one, None, now)
