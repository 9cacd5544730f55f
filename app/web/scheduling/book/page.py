"""What every step of a booking shows: the draft, and the terms of the visit beside it."""

from datetime import datetime, timedelta
from typing import Any

from flask import render_template

from app.core.clock import now
from app.doors.database import db
from app.scheduling import deadlines
from app.scheduling.draft import GROUPS, Draft
from app.scheduling.queries import Offer, series_plan, times_near
from app.scheduling.safety import BY_ID, CHECKED_ON
from app.scheduling.services import out_of_reach
from app.web.scheduling.asking import book_url, rfc3339, times_url
from app.web.scheduling.book.keeping import url_of
from app.web.scheduling.words import changes, local, place, span, zone_name


def page_of(name: str, draft: Draft, offer: Offer, step: int, **more: Any) -> str:
    shown = {"key": None, "back_url": None, **more}
    return render_template(
        f"scheduling/book/{name}.html",
        draft=draft,
        offer=offer,
        step=step,
        summary=_summary(offer, draft.at, draft),
        url=lambda where: url_of(draft.slug, shown["key"], where),
        **shown,
    )


def _summary(offer: Offer, at: datetime, draft: Draft | None = None) -> dict[str, Any]:
    """The terms of a visit, before it is sent: when, where, price, cut-offs, by when the therapist answers."""
    one, moment = offer.one, now()
    hours = deadlines.hours_to_accept(one.accept_hours, proved=not _by_phone_only(draft))
    answer_by = deadlines.accept_by(moment, at, hours)
    return {
        "starts_at": local(at, one.time_zone),
        "zone": zone_name(one.time_zone),
        "zone_id": one.time_zone,
        "place": place(offer),
        "instant": one.booking_mode == "instant",
        "answer_by": local(answer_by, one.time_zone),
        "answer_span": span(hours * 60) if answer_by == moment + timedelta(hours=hours) else None,
        "cancel_until": _until(at, one.cancel_cutoff, one.time_zone, moment),
        "move_until": _until(at, one.reschedule_cutoff, one.time_zone, moment),
        "changes": changes(one.cancel_cutoff, one.reschedule_cutoff),
        "by_phone_only": _by_phone_only(draft),
        "visits": draft.count if draft and draft.every_weeks else 1,
        "every_weeks": draft.every_weeks if draft else 0,
    }


def _by_phone_only(draft: Draft | None) -> bool:
    return bool(draft and draft.contact_done and not draft.email)


def _until(at: datetime, cutoff: int, time_zone: str, moment: datetime) -> datetime | None:
    """The last moment for changing a visit online; None when that has passed already."""
    last = at - timedelta(minutes=cutoff)
    return local(last, time_zone) if last > moment else None


def plan_of(draft: Draft, offer: Offer) -> list[dict[str, Any]]:
    if not draft.every_weeks:
        return []
    plan = series_plan(db.session, offer.one, draft.at, draft.every_weeks, draft.count, now())
    return [{"starts_at": local(each.starts_at, offer.one.time_zone), "free": each.free} for each in plan]


def taken(offer: Offer, at: datetime, key: str | None = None) -> tuple[str, int]:
    """A time that cannot be had, and why; others close to it."""
    one, moment = offer.one, now()
    near = times_near(db.session, one, at, moment)
    page = render_template(
        "scheduling/taken.html",
        offer=offer,
        why=out_of_reach(one, at, moment),
        notice=span(one.minimum_notice),
        starts_at=local(at, one.time_zone),
        near=[
            (
                local(each.starts_at, one.time_zone),
                book_url(offer.slug, one.service_id, one.location_id, each.starts_at),
                rfc3339(each.starts_at),
            )
            for each in near
        ],
        zone=zone_name(one.time_zone),
        zone_id=one.time_zone,
        times_url=times_url(offer.slug, one.service_id, one.location_id),
        form_url=url_of(offer.slug, key, "time") if key else None,
    )
    return page, 409


def sources_of(number: int) -> dict[str, Any]:
    used = {
        question.source.name: question.source for question in BY_ID.values() if question.group == GROUPS[number - 1]
    }
    return {"list": list(used.values()), "checked_on": CHECKED_ON}
