"""A therapist hands in what shows a licence: kept shut, seen by them and the admins, gone with the account."""

import io
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.clock import today
from app.core.sqlite import WRITING
from app.directory import services
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.licences import CheckedHow, LicenceStatus
from app.directory.models import Licence, LicenceEvent, Therapist
from app.directory.pictures import drawn_anew
from app.directory.services import evidence
from app.directory.services.evidence import MOST_FILES, SIDE, fit_to_keep
from app.doors import uploads
from tests import factories
from tests.support.accounts import make_user, sign_in, user
from tests.support.elsewhere import PATIENCE, Elsewhere
from tests.support.html import problems_of
from tests.web.practice.conftest import Practice
from tests.web.practice.test_page import SVG, hollow_png, picture

pytestmark = pytest.mark.databases
PDF = b"%PDF-1.7 a letter from the board %%EOF\n"
REFUSED = [
    (SVG, "neither a picture"),
    (b"<!doctype html><script>alert(1)</script>", "neither a picture"),
    (b"GIF89a" + b"\0" * 40, "neither a picture"),
    (hollow_png(10_000, 10_000), "too many pixels"),
    (hollow_png(60_000, 60_000), "too many pixels"),
    (hollow_png(1000, 1000), "broken"),
    (picture((300, 300))[:500], "broken"),
    (b"%PDF-1.7 and then nothing", "cut off"),
    (b"%PDF-1.7" + b"\0" * (5 * 1024 * 1024), "larger than 5 MB"),
    (b"", "Choose the file|neither"),
]


def licence_id(mine: Practice) -> int:
    mine.session.rollback()
    return mine.session.scalars(select(Licence.id).where(Licence.therapist_id == mine.id)).one()


def files(session: Session) -> list[LicenceEvidence]:
    session.rollback()
    return list(session.scalars(select(LicenceEvidence).order_by(LicenceEvidence.id)))


def hand_in(mine: Practice, content: bytes, name: str = "licence.pdf") -> TestResponse:
    return mine.post(f"/licences/{licence_id(mine)}/evidence", file=(io.BytesIO(content), name))


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    make_user(app, "root@person.example", "patient", "admin")
    browser = app.test_client()
    sign_in(browser, "root@person.example")
    return browser


def test_what_is_handed_in_stands_beside_the_claim_until_an_admin_decides(
    mine: Practice, admin: FlaskClient, session: Session
) -> None:
    licence = session.get_one(Licence, licence_id(mine))
    change = services.LicenceChange(LicenceStatus.ACTIVE, CheckedHow.ADMIN, today(), today() + timedelta(days=9))
    services.verify_licence(session, licence.id, change, actor="admin user:1")
    session.commit()
    assert "Nothing waits" in admin.get("/admin/licences").text
    assert hand_in(mine, PDF).status_code == 303
    assert "1 file handed in" in admin.get("/admin/licences").text
    page = admin.get(f"/admin/licences/{licence.id}")
    assert "wren@person.example" in page.text
    assert not problems_of(page.text)
    said = {"status": "active", "expires_on": (today() + timedelta(days=700)).isoformat(), "reason": "Renewed"}
    admin.post(f"/admin/licences/{licence.id}", data=said)
    assert "Nothing waits" in admin.get("/admin/licences").text
    page = mine.get(f"/licences/{licence.id}").text
    assert "looked at" in page
    assert "Take it back" not in page
    (row,) = files(session)
    refused = mine.client.post(f"/practice/licences/{licence.id}/evidence/{row.id}/remove", follow_redirects=True)
    assert "so it stays on record" in refused.text
    assert len(files(session)) == 1
    owner = user(session, "wren@person.example").id
    events = session.scalars(select(LicenceEvent).order_by(LicenceEvent.id)).all()
    assert (events[-2].actor, events[-2].words) == (f"therapist user:{owner}", "A file was handed in.")


@pytest.mark.parametrize("content", [PDF, picture((400, 300), "PNG")])
def test_it_is_given_out_as_a_download_to_its_owner_and_admins_alone(
    app: Flask, mine: Practice, admin: FlaskClient, session: Session, content: bytes
) -> None:
    assert hand_in(mine, content, "x.html").status_code == 303
    (row,) = files(session)
    path = f"/practice/licences/{row.licence_id}/evidence/{row.id}"
    for browser, address in ((mine.client, path), (admin, f"/admin/evidence/{row.id}")):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert answer.mimetype in ("image/jpeg", "application/pdf")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
    session.rollback()
    other_id = make_user(app, "other@person.example", "patient", "therapist")
    factories.practice(session, other_id)
    session.commit()
    other = app.test_client()
    sign_in(other, "other@person.example")
    assert [other.get(path).status_code, other.get(f"/admin/evidence/{row.id}").status_code] == [404, 403]
    assert other.post(f"{path}/remove").status_code == 404
    assert app.test_client().get(path).status_code == 302
    assert len(files(session)) == 1
    assert mine.client.post(f"{path}/remove").status_code == 303
    assert files(session) == []
    assert mine.client.get(path).status_code == 404


@pytest.mark.parametrize(("content", "words"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_evidence_is_refused_in_words_and_not_stored(
    mine: Practice, session: Session, content: bytes, words: str
) -> None:
    answer = hand_in(mine, content)
    assert answer.status_code == 422
    assert any(each in answer.text for each in words.split("|"))
    assert not problems_of(answer.text)
    assert files(session) == []


def test_a_new_licence_begins_in_the_state_of_the_practice(mine: Practice) -> None:
    assert '<option selected value="US-TX">' in mine.get("/licences/new").text


def test_a_licence_with_a_bad_file_is_not_saved_by_half(mine: Practice, session: Session) -> None:
    told = {"jurisdiction": "US-FL", "number": "MA1"}
    assert mine.post("/licences/new", **told, file=(io.BytesIO(SVG), "a.svg")).status_code == 422
    session.rollback()
    assert session.scalars(select(Licence.jurisdiction)).all() == ["US-TX"]
    assert mine.post("/licences/new", **told, file=(io.BytesIO(PDF), "a.pdf")).status_code == 303
    assert len(files(session)) == 1
    assert mine.post("/licences/new", **{**told, "number": "MA2"}).status_code == 303, "no file is needed"


def test_nobody_waits_while_a_picture_is_drawn_anew(
    mine: Practice, session: Session, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 131 kB, 40 million pixels can be; drawing them takes seconds, and SQLite has one writer."""

    def greet(own: Session) -> None:
        own.connection(execution_options=dict(WRITING))
        own.execute(update(Therapist).values(bio="Hello."))

    def slowly(*args: Any, **options: Any) -> bytes:
        elsewhere(greet).result(PATIENCE)
        return drawn_anew(*args, **options)

    monkeypatch.setattr(evidence, "drawn_anew", slowly)
    told = {"jurisdiction": "US-FL", "number": "MA1"}
    image = picture((400, 300), "PNG")
    assert hand_in(mine, image).status_code == 303
    assert mine.post("/licences/new", **told, file=(io.BytesIO(image), "a.png")).status_code == 303
    assert len(files(session)) == 2


def test_six_files_are_enough(mine: Practice, session: Session) -> None:
    for _ in range(MOST_FILES):
        assert hand_in(mine, PDF).status_code == 303
    assert "Six files wait" in hand_in(mine, PDF).text
    assert len(files(session)) == MOST_FILES


def test_a_picture_is_turned_upright_made_smaller_and_says_nothing_of_its_origin() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x8825] = 6, "A camera", {1: "N", 2: (30.0, 15.0, 0.0)}
    kind, kept = fit_to_keep(picture((4000, 2000), "JPEG", exif=exif))
    made = Image.open(io.BytesIO(kept))
    assert (kind, made.format, made.size) == ("image/jpeg", "JPEG", (SIDE // 2, SIDE))
    assert not made.getexif()


def test_the_set_up_takes_a_file_in_its_licence_step(app: Flask, client: FlaskClient, session: Session) -> None:
    owner = make_user(app, "nova@person.example", "patient", "therapist")
    services.become_therapist(session, owner, {"first_name": "Nova", "last_name": "Sample"})
    session.commit()
    sign_in(client, "nova@person.example")
    page = client.get("/practice/start/licence").text
    assert 'enctype="multipart/form-data"' in page
    told = {"jurisdiction": "US-TX", "number": "MT1"}
    bad = client.post("/practice/start/licence", data={**told, "file": (io.BytesIO(SVG), "a.png")})
    assert bad.status_code == 422
    assert session.scalars(select(Licence)).all() == []
    session.rollback()
    good = client.post("/practice/start/licence", data={**told, "file": (io.BytesIO(PDF), "a.pdf")})
    assert good.headers["Location"] == "/practice/start/services"
    (row,) = files(session)
    assert row.handed_in_by == f"therapist user:{owner}"


@pytest.fixture
def claimed(app: Flask, session: Session) -> Callable[[], int]:
    def make() -> int:
        asking = make_user(app, "claimant@person.example")
        page = factories.therapist(session, claimed=False, origin="nppes")
        claim = Claim(therapist_id=page.id, user_id=asking, state="waiting", created_at=datetime.now(UTC))
        session.add(claim)
        session.commit()
        return claim.id

    return make


@pytest.mark.parametrize(("word", "left"), [("grant", 1), ("refuse", 0)])
def test_a_claim_is_decided_with_its_file_at_hand(
    client: FlaskClient, admin: FlaskClient, session: Session, claimed: Callable[[], int], word: str, left: int
) -> None:
    claim_id = claimed()
    sign_in(client, "claimant@person.example")
    words = {"evidence": "My certificate"}
    bad = client.post(f"/practice/claims/{claim_id}", data={**words, "file": (io.BytesIO(SVG), "a.svg")})
    assert bad.status_code == 422
    session.rollback()
    assert session.get_one(Claim, claim_id).evidence == "", "nothing was sent"
    good = client.post(f"/practice/claims/{claim_id}", data={**words, "file": (io.BytesIO(PDF), "a.pdf")})
    assert good.status_code == 303
    page = admin.get("/admin/claims").text
    assert "Download the PDF" in page
    assert not problems_of(page)
    admin.post(f"/admin/claims/{claim_id}/{word}", data={"reason": "Seen"})
    assert len(files(session)) == left


@pytest.mark.parametrize("origin", ["self", "nppes"])
def test_an_erased_account_takes_its_files_along(
    app: Flask, mine: Practice, session: Session, claimed: Callable[[], int], origin: str
) -> None:
    one = session.get_one(Therapist, mine.id)
    one.origin = origin
    session.commit()
    hand_in(mine, PDF)
    photo = {"photo": (io.BytesIO(picture((400, 600))), "me.jpg")}
    mine.client.post("/practice/page/photo", data=photo)
    mine.post("/licences/new", jurisdiction="US-FL", number="MA1")
    session.rollback()
    session.refresh(one)
    portrait = app.config["SETTINGS"].instance / "uploads" / str(one.photo)
    assert portrait.exists()
    assert "content" in mine.client.post("/account/export").text, "handed in, so part of what we hold"
    session.rollback()
    owner = user(session, "wren@person.example").id
    mine.client.post("/account/erase", data={"sure": "y"})
    assert files(session) == []
    assert not portrait.exists()
    actors = session.scalars(select(LicenceEvent.actor)).all()
    assert not any(f"user:{owner}" in each or "@" in each for each in actors)
    kept = session.scalars(select(Licence.jurisdiction)).all()
    assert kept == ([] if origin == "self" else ["US-TX"]), "what only they said is gone"


def test_pictures_that_nobody_shows_are_swept_away(app: Flask, session: Session) -> None:
    factories.therapist(session, photo="a" * 40 + ".jpg")
    session.commit()
    with app.app_context():
        uploads.folder().mkdir(parents=True, exist_ok=True)
        for name in ("a" * 40 + ".jpg", "b" * 40 + ".jpg", "c" * 40 + ".jpg.new", "d" * 40 + ".jpg"):
            path = uploads.folder() / name
            path.write_bytes(b"a face")
            long_ago = time.time() - (60 if name.startswith("d") else 7200)
            os.utime(path, (long_ago, long_ago))
        assert uploads.sweep(session) >= 2
        left = {each.name[0] for each in uploads.folder().glob("?" * 40 + ".jpg*")}
    assert {"a", "d"} <= left
    assert not {"b", "c"} & left
