"""Admins decide on licences, claims, accounts and messages; each decision has a reason, and is kept."""

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.admin_models import AdminEvent
from app.accounts.models import SignIn
from app.core.clock import now, today
from app.directory import services
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.listing_models import Listing, ListingReport
from app.directory.models import Licence, LicenceEvent, Therapist
from app.directory.services import refresh_listings
from app.directory.services.reminders import expiry_step
from app.notifications.models import OutboxMessage
from tests import factories
from tests.support.accounts import make_user, sign_in, user
from tests.support.html import problems_of

pytestmark = pytest.mark.databases


@pytest.fixture
def admin(app: Flask, client: FlaskClient) -> FlaskClient:
    make_user(app, "root@person.example", "patient", "admin")
    sign_in(client, "root@person.example")
    return client


@pytest.fixture
def licence(session: Session) -> Licence:
    one = factories.therapist(session, email="thea@person.example", npi="1770626038")
    refresh_listings(session, [one.id])
    session.commit()
    return one.licences[0]


def by_root(session: Session) -> str:
    return f"admin user:{user(session, 'root@person.example').id}"


def listed_until(session: Session, therapist_id: int) -> date | None:
    session.rollback()
    found = session.scalar(select(Listing.listed_until).where(Listing.therapist_id == therapist_id))
    return date.fromordinal(found) if found else None


def test_every_room_is_sound_with_and_without_something_in_it(
    app: Flask, admin: FlaskClient, session: Session, licence: Licence
) -> None:
    waiting_claim(app, session)
    session.add(ListingReport(therapist_id=licence.therapist_id, reason="address", words="<script>alert(1)</script>"))
    session.add(failed_message())
    session.commit()
    rooms = ("", "licences", f"licences/{licence.id}", "claims", "doctors", "reports", "users", "messages", "imports")
    for room in (*rooms, "history"):
        answer = admin.get(f"/admin/{room}")
        assert answer.status_code == 200, room
        assert not problems_of(answer.text), room
        assert "<script>alert" not in answer.text


def test_every_room_leads_to_the_overview_and_to_the_account(admin: FlaskClient, licence: Licence) -> None:
    for room in ("", "users", f"licences/{licence.id}"):
        text = admin.get(f"/admin/{room}").text
        assert re.search(r'<a href="/admin/"[^>]*>Overview</a>', text)
        assert '<li class="site-nav__own"><a href="/account/">Account</a>' in text


@pytest.mark.parametrize("sent", [None, {"status": "revoked"}])
def test_a_licence_leads_back_to_the_queue_as_it_was_searched(
    admin: FlaskClient, licence: Licence, sent: dict[str, str] | None
) -> None:
    path = f"/admin/licences/{licence.id}?q=sample"
    text = (admin.post(path, data=sent) if sent else admin.get(path)).text
    assert re.search(r'<p class="back"><a href="/admin/licences\?q=sample">', text)
    assert '<a href="/admin/licences" aria-current="true">' in text


def test_what_the_board_says_is_recorded_with_who_found_it_out(
    admin: FlaskClient, session: Session, licence: Licence
) -> None:
    assert licence.number in admin.get("/admin/licences").text
    page = admin.get(f"/admin/licences/{licence.id}").text
    assert "tdlr.texas.gov" in page
    assert "1770626038" in page
    until = today() + timedelta(days=300)
    said = {"status": "active", "expires_on": until.isoformat(), "reason": "Look-up page, today"}
    assert admin.post(f"/admin/licences/{licence.id}", data=said).status_code == 302
    session.expire_all()
    event = session.scalars(select(LicenceEvent).order_by(LicenceEvent.id.desc())).first()
    assert event
    assert (event.actor, event.checked_how, event.words) == (by_root(session), "admin", "Look-up page, today")
    assert listed_until(session, licence.therapist_id) == until
    assert "Nothing waits" in admin.get("/admin/licences").text


def test_the_queue_leads_to_the_board(admin: FlaskClient, session: Session, licence: Licence) -> None:
    licence.checked_how = "self"
    session.commit()
    assert 'href="https://www.tdlr.texas.gov/LicenseSearch/"' in admin.get("/admin/licences").text


def test_a_decision_needs_a_reason(admin: FlaskClient, session: Session, licence: Licence) -> None:
    assert admin.post(f"/admin/licences/{licence.id}", data={"status": "revoked"}).status_code == 422
    assert session.scalars(select(LicenceEvent)).all() == []


@pytest.mark.parametrize("far", ["9999-12-31", "0001-01-01"])
def test_a_last_day_that_nobody_means_is_said_so(
    admin: FlaskClient, session: Session, licence: Licence, far: str
) -> None:
    facts = {"status": "active", "expires_on": far, "reason": "The board's page"}
    answer = admin.post(f"/admin/licences/{licence.id}", data=facts)
    assert answer.status_code == 422
    assert "Check the year" in answer.text
    session.refresh(licence)
    assert licence.expires_on != date.fromisoformat(far)


def test_a_revoked_licence_hides_the_listing_and_a_renewed_one_brings_it_back(
    admin: FlaskClient, session: Session, licence: Licence
) -> None:
    assert listed_until(session, licence.therapist_id)
    admin.post(f"/admin/licences/{licence.id}", data={"status": "revoked", "reason": "Board"})
    assert listed_until(session, licence.therapist_id) is None
    admin.post(f"/admin/licences/{licence.id}", data={"status": "active", "reason": "Board"})
    assert listed_until(session, licence.therapist_id)


def picture(size: tuple[int, int] = (40, 30), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def hand_in(admin: FlaskClient, licence: Licence, content: bytes, name: str) -> Any:
    data = {"file": (io.BytesIO(content), name)}
    return admin.post(f"/admin/licences/{licence.id}/evidence", data=data)


@pytest.mark.parametrize("content", [picture(), b"%PDF-1.7 letter %%EOF"])
def test_evidence_is_sealed_and_only_ever_downloaded(
    admin: FlaskClient, session: Session, licence: Licence, content: bytes
) -> None:
    assert hand_in(admin, licence, content, "x.html").status_code == 302
    row = session.scalars(select(LicenceEvidence)).one()
    answer = admin.get(f"/admin/evidence/{row.id}")
    assert answer.mimetype in ("image/jpeg", "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    stored = session.connection().exec_driver_sql("SELECT content FROM licence_evidence").scalar_one()
    assert answer.data[:8] not in bytes(stored)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "a.svg"),
        (b"<!doctype html><script>alert(1)</script>", "a.pdf"),
        (b"\x89PNG\r\n\x1a\nbroken", "a.png"),
        (b"%PDF-" + b"x" * (5 * 1024 * 1024), "large.pdf"),
        (b"%PDF-1.7 cut", "cut.pdf"),
        (picture((8000, 6000)), "many-pixels.png"),
    ],
)
def test_other_files_are_refused_and_not_kept(
    admin: FlaskClient, session: Session, licence: Licence, content: bytes, name: str
) -> None:
    assert hand_in(admin, licence, content, name).status_code == 422
    assert session.scalars(select(LicenceEvidence)).all() == []


def waiting_claim(app: Flask, session: Session) -> int:
    asking = make_user(app, "claimant@person.example")
    page = factories.therapist(session, claimed=False)
    claim = Claim(
        therapist_id=page.id, user_id=asking, state="waiting", evidence="See my certificate", created_at=now()
    )
    session.add(claim)
    session.commit()
    return claim.id


@pytest.mark.parametrize(("word", "state"), [("grant", "granted"), ("refuse", "refused")])
def test_a_claim_is_decided_with_a_reason(
    app: Flask, admin: FlaskClient, session: Session, word: str, state: str
) -> None:
    claim_id = waiting_claim(app, session)
    admin.post(f"/admin/claims/{claim_id}/{word}", data={"reason": ""})
    session.expire_all()
    assert session.get_one(Claim, claim_id).state == "waiting"
    session.rollback()
    admin.post(f"/admin/claims/{claim_id}/{word}", data={"reason": "We rang them"})
    session.expire_all()
    claim = session.get_one(Claim, claim_id)
    assert (claim.state, claim.decided_by, claim.reason) == (state, by_root(session), "We rang them")
    owner = session.get_one(Therapist, claim.therapist_id).user_id
    assert (owner == claim.user_id) is (word == "grant")
    act = session.scalars(select(AdminEvent)).one()
    assert (act.actor, act.action, act.subject) == (by_root(session), word, f"claim:{claim_id}")


def test_roles_are_given_and_taken_but_not_ones_own(app: Flask, admin: FlaskClient, session: Session) -> None:
    other = make_user(app, "ada@person.example")
    admin.post(f"/admin/users/{other}/role/give", data={"role": "editor"})
    assert "editor" in user(session).role_names
    admin.post(f"/admin/users/{other}/role/take", data={"role": "editor"})
    assert "editor" not in user(session).role_names
    me = user(session, "root@person.example").id
    admin.post(f"/admin/users/{me}/role/take", data={"role": "admin"})
    assert "admin" in user(session, "root@person.example").role_names
    assert [act.action for act in session.scalars(select(AdminEvent).order_by(AdminEvent.id))] == [
        "role-given",
        "role-taken",
    ]


def test_a_closed_account_is_signed_out_at_once(app: Flask, admin: FlaskClient, session: Session) -> None:
    other = make_user(app, "ada@person.example")
    theirs = app.test_client()
    sign_in(theirs)
    assert theirs.get("/account/").status_code == 200
    admin.post(f"/admin/users/{other}/close", data={"reason": "Asked for it by phone"})
    assert theirs.get("/account/").status_code != 200
    assert session.scalars(select(SignIn).where(SignIn.user_id == other)).all() == []
    admin.post(f"/admin/users/{other}/open", data={"reason": "Mistake"})
    assert user(session).active


def failed_message() -> OutboxMessage:
    return OutboxMessage(
        key="k", kind="visit.reminder", about="visit:1", facts="Hidden words", state="failed", send_after=now(),
        attempts=8, last_error="SMTPServerDisconnected",
    )  # fmt: skip


def test_a_failed_message_is_tried_again_and_never_shown(admin: FlaskClient, session: Session) -> None:
    session.add(failed_message())
    session.commit()
    page = admin.get("/admin/messages").text
    assert "SMTPServerDisconnected" in page
    assert "Hidden words" not in page
    row = session.scalars(select(OutboxMessage)).one()
    admin.post(f"/admin/messages/{row.id}/retry")
    session.expire_all()
    session.rollback()
    assert (row.state, row.attempts) == ("waiting", 0)


def test_a_report_is_settled(admin: FlaskClient, session: Session, licence: Licence) -> None:
    report = ListingReport(therapist_id=licence.therapist_id, reason="gone")
    session.add(report)
    session.commit()
    admin.post(f"/admin/reports/{report.id}/settle")
    assert "No open reports" in admin.get("/admin/reports").text


@pytest.mark.parametrize(
    ("days", "step"), [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)]
)
def test_which_reminder_of_a_licence_is_due(days: int, step: int | None) -> None:
    assert expiry_step(days) == step


def reminders(session: Session) -> list[str]:
    session.rollback()
    return [row.key for row in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))]


def test_each_reminder_goes_once_and_a_renewal_ends_them(session: Session, licence: Licence) -> None:
    at = now()
    ends = at.date() + timedelta(days=60)
    licence.expires_on = ends
    session.commit()
    for days in (0, 1, 29, 30, 31, 52, 53, 60):
        services.remind(session, at + timedelta(days=days))
        session.commit()
    assert reminders(session) == [f"licence:{licence.id}:expires:{ends}:{step}" for step in (60, 30, 7)]
    licence.expires_on = ends + timedelta(days=365)
    session.commit()
    assert services.remind(session, at + timedelta(days=60)) == 0


def test_a_page_that_nobody_confirmed_is_asked_about_after_half_a_year_and_a_year(
    session: Session, licence: Licence
) -> None:
    at = now()
    licence.therapist.confirmed_on = at.date()
    session.commit()
    for days in (181, 182, 200, 365, 400):
        services.remind(session, at + timedelta(days=days))
        session.commit()
    assert [key.rsplit(":", 1)[1] for key in reminders(session)] == ["182", "365"]
