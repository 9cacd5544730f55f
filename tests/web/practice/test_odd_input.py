"""Odd days, times, numbers and texts in every form of the practice: a clear word, never an error of ours."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.core.clock import today
from app.directory.models import Licence
from tests.places import gazetteer
from tests.support.html import problems_of
from tests.web.practice.conftest import Practice
from tests.web.practice.test_page import hidden

SOON = (today() + timedelta(days=30)).isoformat()
FAR_DAYS = ("9999-12-31", "0001-01-01", "1969-12-31", "2100-01-01")
NO_DAYS = ("2027-02-30", "10000-01-01", "-0001-01-01", "NaN", "1e999", "<b>", "20270101T", "²")
TIMES = ("24:00", "25:61", "-1:00", "9", "NaN", "00:00:00.5", "٠٩:٠٠", "²")
NUMBERS = ("-1", "1e999", "NaN", "9" * 30, "9" * 5000, "1.5", "²", "")
OTHER_NUMBERS = ("0", "Infinity", "0x10", "٦٠", " 60 ")
TOO_MUCH = ("\x00", "a\x00b", "x" * 20_000)
WORDS = ("\u202e", "=1+1", "<script>alert(1)</script>", "\r\n\r\n")

INSTANTS = (
    "9999-12-31T23:59:59+00:00",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "2027-01-01T10:00:00",
)

DAY, TIME, NUMBER, TEXT, INSTANT = "day", "time", "number", "text", "instant"
ODD: Mapping[str, tuple[str, ...]] = {
    DAY: (*FAR_DAYS, *NO_DAYS, *TOO_MUCH), TIME: (*TIMES, *TOO_MUCH), NUMBER: (*NUMBERS, *TOO_MUCH), TEXT: TOO_MUCH,
    INSTANT: (*INSTANTS, *NO_DAYS, *TOO_MUCH),
}  # fmt: skip
"""What one field gets while all others are sound. `WORDS` and `OTHER_NUMBERS` all fields of a kind get at once."""

Form = dict[str, tuple[str, str]]
"""By the name of a field, its kind and a sound value."""

FORMS: Mapping[str, Form] = {
    "/time-off/add": {
        "first": (DAY, SOON), "starts": (TIME, ""), "last": (DAY, SOON), "ends": (TIME, ""), "location": (NUMBER, "0"),
        "note": (TEXT, ""),
    },
    "/time-off/days": {
        "day": (DAY, SOON), "opens": (TIME, "09:00"), "closes": (TIME, "12:00"), "place": (NUMBER, "{place}"),
        "reason": (TEXT, ""),
    },
    "/time-off/holidays": {"holiday": (DAY, SOON), "holiday_name": (TEXT, "A feast")},
    "/places/{place}/hours": {
        "valid_from": (DAY, SOON), "valid_until": (DAY, SOON), "d0-0-opens": (TIME, "09:00"),
        "d0-0-closes": (TIME, "12:00"), "seen": (TEXT, "{hours_seen}"),
    },
    "/places/{place}": {
        "kind": (TEXT, "home_visits"), "where": (TEXT, "Austin, TX"), "radius": (NUMBER, "10"), "steps": (NUMBER, "0"),
        "name": (TEXT, ""), "street": (TEXT, ""), "unit": (TEXT, ""), "parking": (TEXT, ""), "access_note": (TEXT, ""),
        "side_lying": (TEXT, ""), "table_height": (TEXT, ""), "seen": (TEXT, ""),
    },
    "/services/new": {
        "name": (TEXT, "Massage"), "description": (TEXT, ""), "minutes": (NUMBER, "60"), "price_cents": (NUMBER, "90"),
        "buffer_before": (NUMBER, "0"), "buffer_after": (NUMBER, "15"),
    },
    "/services/{service}": {
        "name": (TEXT, "Massage"), "minutes": (NUMBER, "60"), "price_cents": (NUMBER, "90"), "seen": (TEXT, ""),
    },
    "/licences/new": {"jurisdiction": (TEXT, "US-FL"), "number": (TEXT, "MA1"), "expires_on": (DAY, "")},
    "/licences/{licence}": {"jurisdiction": (TEXT, "US-TX"), "number": (TEXT, "MT1"), "expires_on": (DAY, "")},
    "/page": {
        "version": (NUMBER, "1"), "first_name": (TEXT, "Wren"), "last_name": (TEXT, "Example"), "bio": (TEXT, ""),
        "gender": (TEXT, ""), "phone": (TEXT, ""), "email": (TEXT, ""), "website": (TEXT, ""),
        "practising_since": (NUMBER, "2001"), "specialties": (TEXT, "sciatica"), "years-sciatica": (NUMBER, "3"),
        "languages": (TEXT, "en"), "credentials": (TEXT, ""),
    },
    "/page/preview": {"bio": (TEXT, "")},
    "/rules": {
        "booking_mode": (TEXT, "request"), "minimum_notice": (NUMBER, "60"), "horizon_days": (NUMBER, "60"),
        "grid_minutes": (NUMBER, "30"), "accept_hours": (NUMBER, "24"), "cancel_cutoff": (NUMBER, "1440"),
        "reschedule_cutoff": (NUMBER, "1440"), "travel_minutes": (NUMBER, "0"), "most_open_requests": (NUMBER, "3"),
    },
    "/rules/unblock": {"value": (TEXT, "")},
    "/visits/new": {
        "day": (DAY, SOON), "at": (TIME, "10:00"), "service": (NUMBER, "{service}"), "location": (NUMBER, "{place}"),
        "name": (TEXT, "Pat"), "phone": (TEXT, ""), "email": (TEXT, ""), "note": (TEXT, ""), "address": (TEXT, ""),
    },
    "/visits/{visit}/move": {"day": (DAY, SOON), "at": (TIME, "10:00"), "location": (NUMBER, "{place}")},
    "/visits/{visit}/other-times": {"times": (INSTANT, SOON + "T15:00:00+00:00")},
    "/visits/{visit}/decline": {"reason": (TEXT, "other"), "whole_series": (TEXT, "")},
    "/visits/{visit}/message": {"text": (TEXT, "Hello")},
    "/visits/{visit}/cancel": {"scope": (TEXT, "one"), "reason": (TEXT, "other")},
    "/start/licence": {"jurisdiction": (TEXT, "US-TX"), "number": (TEXT, "MT1"), "expires_on": (DAY, "")},
    "/start/services": {
        "name": (TEXT, "Massage"), "price": (NUMBER, "90"), "long_price": (NUMBER, ""), "booking_mode": (TEXT, "request"),
        "specialties": (TEXT, "sciatica"),
    },
    "/start/hours": {"d0-0-opens": (TIME, "09:00"), "d0-0-closes": (TIME, "12:00"), "valid_from": (DAY, "")},
}  # fmt: skip


@pytest.fixture
def things(mine: Practice) -> dict[str, str]:
    """What the addresses and the values of the forms name."""
    gazetteer.fill(mine.session)
    mine.session.commit()
    visit = mine.requested()
    mine.session.rollback()
    licence = mine.session.scalars(select(Licence.id).where(Licence.therapist_id == mine.id)).one()
    mine.session.rollback()
    ids = {"place": mine.location_id, "service": mine.service_id, "licence": licence, "visit": visit.id}
    page = mine.get(f"/places/{mine.location_id}/hours").text
    return {**{name: str(each) for name, each in ids.items()}, "hours_seen": hidden(page, "seen")}


def variants(form: Form, things: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    sound = {name: value.format(**things) for name, (_, value) in form.items()}
    for name, (kind, _) in form.items():
        for odd in ODD[kind]:
            yield name, odd, {**sound, name: odd}
    for odds, kinds in ((WORDS, (TEXT,)), (WORDS, (DAY, TIME, NUMBER, INSTANT)), (OTHER_NUMBERS, (NUMBER,))):
        for odd in odds:
            if these := [name for name, (kind, _) in form.items() if kind in kinds]:
                yield "+".join(these), odd, {**sound, **dict.fromkeys(these, odd)}


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("path", FORMS)
def test_no_form_stumbles_over_odd_values(mine: Practice, things: dict[str, str], path: str) -> None:
    """On PostgreSQL, which keeps less than SQLite does."""
    address, wrong = path.format(**things), []
    for name, odd, sent in variants(FORMS[path], things):
        answer = mine.post(address, **sent)
        sound = answer.status_code < 500 and not (answer.status_code in (409, 422) and problems_of(answer.text))
        if not sound:
            wrong.append(f"{name}={odd[:20]!r}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


DAYS = [(path, name) for path, form in FORMS.items() for name, (kind, _) in form.items() if kind == DAY]


@pytest.mark.parametrize(("path", "name"), DAYS)
def test_a_day_that_nobody_means_is_said_so(mine: Practice, things: dict[str, str], path: str, name: str) -> None:
    sound = {each: value.format(**things) for each, (_, value) in FORMS[path].items()}
    for far in FAR_DAYS:
        answer = mine.post(path.format(**things), **{**sound, name: far})
        assert answer.status_code == 422, far
        assert "Check the year" in answer.text, far


ADDRESSES = {
    "/week?from={}": (*FAR_DAYS, *NO_DAYS),
    "/visits/new?at={}T10:00": (*FAR_DAYS, *NO_DAYS),
    "/visits/{visit}/move?to={}T10:00": (*FAR_DAYS, *NO_DAYS),
    "/visits/{visit}/other-times?show={}": (*FAR_DAYS, *NO_DAYS),
    "/visits/{visit}/other-times?times={}": ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00"),
    "/places/{place}/hours?set={}": NUMBERS[:-1],
    **{f"/{part}/{{}}": (str(2**31), str(2**63)) for part in ("visits", "services", "places", "licences")},
}


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_stumbles_over_odd_values(mine: Practice, things: dict[str, str], address: str) -> None:
    for odd in ADDRESSES[address]:
        answer = mine.get(address.replace("{}", odd).format(**things))
        assert answer.status_code in (200, 302, 404), odd
        assert not problems_of(answer.text), odd


@pytest.mark.parametrize("day", [*FAR_DAYS, *NO_DAYS[:2]])
def test_no_button_stumbles_over_odd_days(mine: Practice, things: dict[str, str], day: str) -> None:
    for path in (f"/time-off/days/{things['place']}/{day}/remove", f"/time-off/holidays/{day}/remove"):
        assert mine.post(path).status_code == 404


@pytest.mark.databases("postgresql")
def test_what_no_keyboard_types_is_left_out(mine: Practice) -> None:
    mine.client.post("/account/name", data={"name": "Wren\x00 Sample"})
    mine.session.rollback()
    assert "Wren Sample" in mine.session.scalars(select(User.name)).all()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32"])
def test_json_with_what_no_database_keeps_is_refused(mine: Practice, encoding: str) -> None:
    """Escaped in whatever encoding: Python's reader takes three, where RFC 8259 allows UTF-8 alone."""
    body = '{"name": "Wren\\u0000"}'.encode(encoding)
    answer = mine.client.post("/api/v1/bookings", data=body, content_type="application/json")
    assert answer.status_code == 400
