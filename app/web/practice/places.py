"""Where a therapist works and when: places, the way in, and weekly hours for each."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from app.core import clock
from app.core.errors import Conflict
from app.directory import services as directory
from app.directory.jurisdictions import name_of
from app.directory.models import Location
from app.directory.services.parts import own as own_part
from app.doors.audience import audience
from app.doors.database import db
from app.scheduling import queries
from app.scheduling import services as scheduling
from app.scheduling.hours import OpeningHours
from app.web.fields import CarefulForm, WholeNumber, columns, not_blank, plain, seal
from app.web.formatting import units_for
from app.web.practice import hours as hours_form
from app.web.practice.room import my_id, own_transaction, practice
from app.web.practice.treatments import _own
from app.web.practice.where import Placed, placed
from app.web.practice.words import DAYS

Answer = str | Response | tuple[str, int]
KM_PER_MILE = 1.609344
SEEN = (
    "kind", "name", "street", "unit", "city", "region", "postcode", "radius_km", "address_public", "active", "steps",
    "parking", "side_lying", "table_height", "access_note",
)  # fmt: skip
Key = tuple[date | None, date | None]


class PlaceForm(CarefulForm):
    kind = RadioField(
        _l("What it is"),
        choices=[
            SelectChoice("practice", _l("A place where people come to me")),
            SelectChoice("home_visits", _l("Home visits around a place")),
        ],
        default="practice",
    )
    name = StringField(_l("Name of the place"), [Length(max=120)], description=_l("Such as the studio's name."))
    where = StringField(_l("ZIP or town"), [not_blank(_l("Type a ZIP, or a town with its state.")), Length(max=200)])
    street = StringField(_l("Street and number"), [Length(max=120)])
    unit = StringField(_l("Floor or suite"), [Length(max=120)])
    address_public = BooleanField(_l("Show the street before a visit is confirmed"))
    radius = WholeNumber(_l("Home visits: how many miles around"), 1, 100)
    steps = WholeNumber(_l("Steps to the treatment room"), 0, 200, description=_l("0 when there are none."))
    parking = StringField(_l("Parking"), [Length(max=120)])
    side_lying = SelectField(
        _l("Can people be treated lying on their side?"),
        choices=[SelectChoice("", _l("Not said")), SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
    )
    table_height = StringField(
        _l("Table height"), [Length(max=60)], description=_l("Such as: adjustable from 18 inches.")
    )
    access_note = StringField(_l("Anything else about the way in"), [Length(max=300)])
    active = BooleanField(_l("I work here now"), default=True)

    def facts(self) -> dict[str, Any]:
        miles = self.radius.data
        return {
            "kind": self.kind.data,
            **{name: plain(self[name].data) for name in ("name", "street", "unit", "access_note")},
            **{name: plain(self[name].data) or None for name in ("parking", "table_height")},
            "address_public": self.address_public.data,
            "radius_km": round(miles * KM_PER_MILE, 2) if miles and self.kind.data == "home_visits" else None,
            "steps": self.steps.data,
            "side_lying": {"yes": True, "no": False}.get(self.side_lying.data),
            "active": self.active.data,
        }


@practice.get("/places")
@audience("therapist")
def places() -> str:
    own = _own()
    licensed = {each.jurisdiction for each in own.licences}
    sets = {place.id: _sets(queries.weekly_hours(db.session, place.id)) for place in own.locations}
    return render_template(
        "practice/places.html",
        own=own,
        sets=sets,
        days=DAYS,
        licensed=licensed,
        state_of=name_of,
        text_of=hours_form.shown,
    )


@practice.route("/places/new", methods=["GET", "POST"])
@audience("therapist")
def new_place() -> Answer:
    return _edit(PlaceForm(), None)


@practice.route("/places/<int:location_id>", methods=["GET", "POST"])
@audience("therapist")
def place(location_id: int) -> Answer:
    row = own_part(db.session, Location, my_id(), location_id)
    form = PlaceForm(obj=row, data=_shown(row))
    if not form.is_submitted():
        form.show(columns(row, SEEN))
    return _edit(form, row)


@practice.route("/places/<int:location_id>/hours", methods=["GET", "POST"])
@audience("therapist")
def place_hours(location_id: int) -> Answer:
    """One set of weekly hours: those that hold always, or for some time only. `set` counts from 0; past the last is new."""
    row = own_part(db.session, Location, my_id(), location_id)
    number = request.args.get("set", 0, type=int) or 0
    sets = _sets(queries.weekly_hours(db.session, location_id))
    week, stale = hours_form.week_of(_numbered(sets, number) or ([] if sets else hours_form.DEFAULT)), False
    if request.method == "POST":
        week, told = hours_form.read(request.form)
        if not week.errors and _keep_hours(location_id, number, told):
            flash(_("Saved. Visits that are booked stay."), "ok")
            return redirect(url_for(".places"), code=303)
        stale = not week.errors
    seen = seal(_numbered(_sets(queries.weekly_hours(db.session, location_id)), number))
    page = render_template("practice/hours.html", row=row, week=week, days=DAYS, seen=seen, stale=stale, number=number)
    return page, (409 if stale else 422 if week.errors else 200)


def _keep_hours(location_id: int, number: int, told: list[OpeningHours]) -> bool:
    """Save one set beside the others; False when it is not the one that the page was made from."""
    with own_transaction() as session:
        sets = _sets(queries.weekly_hours(session, location_id))
        if request.form.get("seen") != seal(_numbered(sets, number)):
            return False
        others = [each for at, one in enumerate(sets.values()) if at != number for each in one]
        scheduling.set_hours(session, my_id(), location_id, [*others, *told], clock.now())
        return True


def _numbered(sets: dict[Key, list[OpeningHours]], number: int) -> list[OpeningHours]:
    return list(sets.values())[number] if 0 <= number < len(sets) else []


def _sets(weekly: Iterable[OpeningHours]) -> dict[Key, list[OpeningHours]]:
    """Weekly hours by how long they hold, those that always do first."""
    found: dict[Key, list[OpeningHours]] = {}
    for each in sorted(weekly, key=lambda one: (one.valid_from or date.min, one.valid_until or date.max)):
        found.setdefault((each.valid_from, each.valid_until), []).append(each)
    return found


def _shown(row: Location) -> dict[str, Any]:
    town = ", ".join(filter(None, (row.city, row.region)))
    yes_no = {True: "yes", False: "no", None: ""}
    return {
        "where": f"{town} {row.postcode}".strip(),
        "radius": round(row.radius_km / KM_PER_MILE) if row.radius_km else None,
        "side_lying": yes_no[row.side_lying],
    }


def _edit(form: PlaceForm, row: Location | None) -> Answer:
    if row is not None and not form.is_submitted():
        form.side_lying.data = _shown(row)["side_lying"]
    if not form.validate_on_submit():
        return _page(form, row, 422 if form.errors else 200)
    found = placed(plain(request.form.get("choice") or form.where.data), plain(form.street.data))
    if found.facts is None:
        form.where.errors = [found.problem]
        return _page(form, row, 422, choices=found.choices)
    if form.kind.data == "home_visits" and not form.radius.data:
        form.radius.errors = [_("How far do you travel?")]
        return _page(form, row, 422)
    return _keep(form, row, found)


def _keep(form: PlaceForm, row: Location | None, found: Placed) -> Answer:
    location_id = row.id if row else None
    try:
        with own_transaction() as session:
            if location_id:
                form.check_seen(columns(own_part(session, Location, my_id(), location_id), SEEN))
            saved = directory.save_location(session, my_id(), location_id, {**(found.facts or {}), **form.facts()})
            scheduling.rederive(session, my_id(), clock.now())
    except Conflict as error:
        if error.code != "stale" or location_id is None:
            raise
        fresh = own_part(db.session, Location, my_id(), location_id)
        form.show(columns(fresh, SEEN))
        text = ", ".join(filter(None, (fresh.name, fresh.street, fresh.city)))
        return _page(form, fresh, 409, stale=[(_("Stored now"), text)])
    flash(_("Saved."), "ok")
    if location_id is None:
        return redirect(url_for(".place_hours", location_id=saved.id), code=303)
    return redirect(url_for(".places"), code=303)


def _page(form: PlaceForm, row: Location | None, status: int, **more: Any) -> Answer:
    context = {"form": form, "row": row, "choices": (), "stale": None, "units": units_for(row.country if row else None)}
    return render_template("practice/place.html", **{**context, **more}), status
