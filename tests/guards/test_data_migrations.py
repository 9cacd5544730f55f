"""Migrations that change what is stored, on rows that were there before."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import LargeBinary, select, text, type_coerce, update
from sqlalchemy.orm import Session

from app.articles import services
from app.articles.models import ExternalArticle
from app.directory.evidence_models import LicenceEvidence
from app.directory.listing import FIRST, HOME_VISITS
from app.directory.listing_models import Listing, ListingReport, SearchEntry
from app.directory.models import Licence, LicenceEvent, Location, Service, Therapist
from app.directory.services import refresh_listings
from app.factory import alembic
from app.places.models import Place
from app.scheduling import services as scheduling
from app.scheduling.models import WaitlistEntry
from app.scheduling.waiting import Wish
from tests import factories
from tests.articles.test_services import FACTS
from tests.scheduling.world import MONDAY, World, person
from tests.support.accounts import make_user

pytestmark = pytest.mark.databases

WORDS = "They were rough with my slipped disc"


def rows_of_before(session: Session, licence: Licence) -> None:
    """A report in clear, and histories that name people by their addresses."""
    connection = session.connection()
    connection.execute(
        text("INSERT INTO listing_report (therapist_id, reason, words, contact, state, created_at)"
             " VALUES (:t, 'conduct', :w, '', 'open', '2027-01-01 00:00:00')"),
        {"t": licence.therapist_id, "w": WORDS},
    )  # fmt: skip
    for actor in (
        "Wren@person.example",
        "root@person.example",
        "gone@person.example",
        "cli:op: US-TX roster a@b.csv",
    ):
        connection.execute(
            text("INSERT INTO licence_event (licence_id, at, actor, new_status, checked_how, words)"
                 " VALUES (:l, '2027-01-01 00:00:00', :a, 'active', 'self', '')"),
            {"l": licence.id, "a": actor},
        )  # fmt: skip
    connection.execute(
        text("INSERT INTO licence_evidence (licence_id, kind, size, content, handed_in_by, at)"
             " VALUES (:l, 'application/pdf', 1, :c, 'root@person.example', '2027-01-01 00:00:00')"),
        {"l": licence.id, "c": b""},
    )  # fmt: skip


def test_reports_are_sealed_and_histories_forget_addresses(app: Flask, session: Session) -> None:
    owner = make_user(app, "wren@person.example", "patient", "therapist")
    admin = make_user(app, "root@person.example", "patient", "admin")
    licence = factories.therapist(session, user_id=owner).licences[0]
    session.commit()
    with app.app_context():
        alembic.downgrade("0016")
        rows_of_before(session, licence)
        session.commit()
        session.close()
        alembic.upgrade()
    assert session.scalars(select(ListingReport.words)).all() == [WORDS]
    sealed = session.scalars(select(type_coerce(ListingReport.words, LargeBinary))).one()
    assert b"disc" not in bytes(sealed)
    assert session.scalars(select(LicenceEvent.actor).order_by(LicenceEvent.id)).all() == [
        f"therapist user:{owner}",
        f"admin user:{admin}",
        "erased account",
        "cli:op: US-TX roster a@b.csv",
    ]
    kept = session.scalars(select(LicenceEvidence)).one()
    assert (kept.handed_in_by, kept.looked_at is not None) == (f"admin user:{admin}", True)
    session.rollback()
    with app.app_context():
        alembic.downgrade("0016")
        assert session.scalar(text("SELECT words FROM listing_report")) == WORDS
        session.rollback()
        alembic.upgrade()


def test_articles_elsewhere_forget_addresses_too(app: Flask, session: Session) -> None:
    editor = make_user(app, "wren@person.example", "patient", "editor")
    with app.app_context():
        alembic.downgrade("0020")
        for number, address in enumerate(("Wren@person.example", "gone@person.example")):
            services.add_external(session, replace(FACTS, url=f"https://example.org/{number}"), address)
        session.commit()
        session.close()
        alembic.upgrade()
    named = session.scalars(select(ExternalArticle.added_by).order_by(ExternalArticle.id)).all()
    assert named == [f"editor user:{editor}", "erased account"]


def test_what_the_finder_reads_is_as_if_derived_today(app: Flask, session: Session) -> None:
    """Cards say what can be booked at their place, and entries which practice is somebody's first."""
    one = factories.therapist(session)
    one.services.append(Service(name="At home", minutes=90, home_visit=True, buffer_after=15))
    around = {"city": "Austin", "region": "TX", "lat": 30.3, "lon": -97.7}
    one.locations.append(Location(kind="home_visits", radius_km=20, **around))
    one.locations.append(Location(**around))
    factories.therapist(session, claimed=False)
    session.flush()
    refresh_listings(session, session.scalars(select(Therapist.id)))
    cards, flags = _cards(session), _flags(session)
    assert [len(card["bookable"]) for card in cards.values()] == [1, 1, 1, 0]
    assert [bool(each & FIRST) for each in flags.values()] == [True, False, False, True] * 2
    with app.app_context():
        session.commit()
        alembic.downgrade("0022")
        for at, card in cards.items():
            before = {name: said for name, said in card.items() if name != "bookable"}
            session.execute(update(Listing).where(Listing.location_id == at).values(card=json.dumps(before)))
        session.commit()
        assert not any(each & FIRST for each in _flags(session).values())
        session.close()
        alembic.upgrade()
    assert (_cards(session), _flags(session)) == (cards, flags)


def _cards(session: Session) -> dict[int, Any]:
    rows = session.execute(select(Listing.location_id, Listing.card).order_by(Listing.location_id))
    return {row.location_id: json.loads(row.card) for row in rows}


def _flags(session: Session) -> dict[tuple[int, int], int]:
    key = SearchEntry.specialty_id % HOME_VISITS, SearchEntry.location_id
    return {(row[0], row[1]): row[2] for row in session.execute(select(*key, SearchEntry.flags).order_by(*key))}


def test_towns_are_filed_under_their_strip_of_latitude(app: Flask, session: Session) -> None:
    with app.app_context():
        alembic.downgrade("0022")
        for number, lat in enumerate((-33.87, 0.0, 29.9, 30.0, 64.15)):
            session.execute(
                text("INSERT INTO place (id, kind, name, label, admin1, country, lat, lon, population, weight, time_zone)"
                     " VALUES (:id, 'town', 'A', 'A', '', 'US', :lat, 0, 900, 900, 'UTC')"),
                {"id": number, "lat": lat},
            )  # fmt: skip
        session.commit()
        session.close()
        alembic.upgrade()
    assert session.scalars(select(Place.band).order_by(Place.id)).all() == [-339, 0, 299, 300, 641]


def test_of_those_who_waited_only_who_took_an_offer_has_proved_the_address(app: Flask, session: Session) -> None:
    world = World.make(session)
    for state in ("waiting", "offered", "booked", "left"):
        wish = Wish(MONDAY.date(), MONDAY.date())
        waiting = scheduling.join_waitlist(session, world.service_id, wish, person(), world.now)
        scheduling.entry_of(session, waiting.token).state = state
    with app.app_context():
        session.commit()
        alembic.downgrade("0024")
        session.close()
        alembic.upgrade()
    rows = session.scalars(select(WaitlistEntry).order_by(WaitlistEntry.id)).all()
    assert [each.proved_at for each in rows] == [None, None, world.now, None]
    assert [(each.mails, each.asked_at) for each in rows] == [(0, None)] * 4
