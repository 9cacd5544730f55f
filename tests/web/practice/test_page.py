"""The therapist's own page: two windows, pictures, places and prices."""

import io
import re
import struct
import zlib
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.core.errors import Invalid
from app.core.markdown import simple
from app.directory.models import Licence, Location, Service, Therapist, TherapistSpecialty
from app.directory.photos import SIDE, portrait
from tests.support.html import problems_of
from tests.web.practice.conftest import Practice


def stored(mine: Practice) -> Therapist:
    mine.session.rollback()
    return mine.session.scalars(
        select(Therapist).where(Therapist.id == mine.id).execution_options(populate_existing=True)
    ).one()


def hidden(text: str, name: str) -> str:
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)[1]  # type: ignore[index]


def test_the_second_of_two_windows_is_told_and_nothing_is_overwritten(mine: Practice) -> None:
    version = hidden(mine.get("/page").text, "version")
    form = {"first_name": "Wren", "last_name": "Example", "gender": "", "version": version}
    assert mine.post("/page", **form, bio="From the first window").status_code == 303
    second = mine.post("/page", **form, bio="From the second window")
    assert second.status_code == 409
    assert "changed in another window" in second.text
    assert "From the first window" in second.text
    assert "From the second window" in second.text
    assert stored(mine).bio == "From the first window"
    form["version"] = hidden(second.text, "version")
    assert mine.post("/page", **form, bio="From the second window").status_code == 303
    assert stored(mine).bio == "From the second window"


def test_specialties_keep_their_years(mine: Practice) -> None:
    version = hidden(mine.get("/page").text, "version")
    form = {
        "first_name": "Wren",
        "last_name": "Example",
        "gender": "",
        "version": version,
        "specialties": ["sciatica", "neck-pain"],
    }
    mine.post("/page", **form, **{"years-sciatica": "12", "years-neck-pain": "²"})
    mine.session.rollback()
    rows = mine.session.execute(select(TherapistSpecialty.specialty_id, TherapistSpecialty.years))
    assert dict(rows.all()) == {2: 12, 4: None}


def test_what_a_service_and_a_place_hold_is_not_overwritten_unseen(mine: Practice) -> None:
    first = hidden(mine.get(f"/services/{mine.service_id}").text, "seen")
    form = {"name": "Massage", "minutes": "60", "price_cents": "95.50", "active": "y", "seen": first}
    assert mine.post(f"/services/{mine.service_id}", **form).status_code == 303
    assert mine.post(f"/services/{mine.service_id}", **{**form, "price_cents": "10"}).status_code == 409
    mine.session.rollback()
    assert mine.session.scalars(select(Service.price_cents)).one() == 9550


@pytest.mark.parametrize("price", ["-1", "NaN", "1e999", "12.345", "99999999", "=1+1"])
def test_a_price_is_an_amount_of_money(mine: Practice, price: str) -> None:
    answer = mine.post("/services/new", name="Massage", minutes="60", price_cents=price)
    assert answer.status_code == 422
    assert price in answer.text


def test_columns_that_no_form_has_are_not_to_be_set(mine: Practice) -> None:
    version = hidden(mine.get("/page").text, "version")
    mine.post(
        "/page",
        first_name="Wren",
        last_name="Example",
        gender="",
        version=version,
        claimed="",
        user_id="99",
        origin="nppes",
        slug="x",
    )
    row = stored(mine)
    assert (row.claimed, row.origin, row.last_name) == (True, "self", "Example")


def test_hours_for_some_time_only_stand_beside_those_of_every_week(mine: Practice) -> None:
    page = mine.get(f"/places/{mine.location_id}/hours?set=1")
    assert not problems_of(page.text)
    sent = {"d5-0-opens": "10:00", "d5-0-closes": "02:00", "valid_from": "2027-06-01", "valid_until": "2027-08-31"}
    seen = hidden(page.text, "seen")
    assert mine.post(f"/places/{mine.location_id}/hours?set=1", **sent, seen=seen).status_code == 303
    text = mine.get("/places").text
    assert "From 1 Jun 2027 to 31 Aug 2027" in text
    assert "Every week" in text
    assert mine.post(f"/places/{mine.location_id}/hours?set=1", **sent, seen=seen).status_code == 409


def test_a_day_with_half_a_time_is_sent_back_with_what_was_typed(mine: Practice) -> None:
    seen = hidden(mine.get(f"/places/{mine.location_id}/hours").text, "seen")
    wrong = {
        "d0-0-opens": "09:00",
        "d1-0-opens": "09:00",
        "d1-0-closes": "12:00",
        "d1-1-opens": "11:00",
        "d1-1-closes": "13:00",
    }
    answer = mine.post(f"/places/{mine.location_id}/hours", **wrong, seen=seen)
    assert answer.status_code == 422
    assert "Give both times, or none." in answer.text
    assert "overlap" in answer.text
    assert 'value="11:00"' in answer.text


def test_words_about_oneself_can_do_no_harm() -> None:
    html = simple(
        "# Hi\n\n<script>x</script> **bold** [me](javascript:x) ![p](https://a.example/x.png) [ok](https://a.example)"
    )
    assert "<strong>bold</strong>" in html
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="https://a.example"' in html


def picture(size: tuple[int, int], kind: str = "JPEG", **more: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **more)
    return file.getvalue()


def hollow_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is enormous."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + data + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (SVG, "photo-kind"),
        (b"GIF89a" + b"\0" * 40, "photo-kind"),
        (b"", "photo-kind"),
        (b"<html>", "photo-kind"),
        (hollow_png(10_000, 10_000), "photo-pixels"),
        (hollow_png(60_000, 60_000), "photo-pixels"),
        (hollow_png(1000, 1000), "photo-broken"),
        (picture((300, 300))[:500], "photo-broken"),
        (picture((90, 400)), "photo-small"),
        (b"\0" * (5 * 1024 * 1024 + 1), "photo-large"),
    ],
)
def test_what_is_no_portrait_is_refused_in_words(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        portrait(content)
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_portrait_is_square_and_says_nothing_of_its_origin(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 0.0)}
    made = Image.open(io.BytesIO(portrait(picture((900, 400), kind, exif=exif))))
    assert (made.format, made.size) == ("JPEG", (SIDE, SIDE))
    assert not made.getexif()
    assert not {"exif", "icc_profile", "xmp", "comment"} & set(made.info)


def test_an_upload_is_shown_and_what_is_refused_leaves_nothing(app: Flask, mine: Practice) -> None:
    folder: Path = app.config["SETTINGS"].instance / "uploads"

    def send(content: bytes, name: str) -> str:
        file = (io.BytesIO(content), name)
        answer = mine.client.post(
            "/practice/page/photo", data={"photo": file}, content_type="multipart/form-data", follow_redirects=True
        )
        return answer.text

    before = set(folder.glob("*")) if folder.exists() else set()
    assert "not a JPEG, PNG or WebP" in send(SVG, "me.jpg")
    assert "too many pixels" in send(hollow_png(10_000, 10_000), "me.png")
    assert (set(folder.glob("*")) if folder.exists() else set()) == before
    assert stored(mine).photo is None

    send(picture((400, 600)), "../../../etc/passwd.jpg")
    name = stored(mine).photo
    shown = mine.client.get(f"/media/{name}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    mine.post("/page/photo/remove")
    assert mine.client.get(f"/media/{name}").status_code == 404
    assert mine.client.get("/media/..%2f..%2funknot.db").status_code == 404


@pytest.mark.parametrize(("name", "words"), [("me.jpg", "not a JPEG, PNG or WebP"), ("", "Choose a picture first.")])
def test_what_is_wrong_with_a_photo_is_said_at_its_field(mine: Practice, name: str, words: str) -> None:
    """On the page that answers, so that nothing scrolls past it; what the page says of the therapist stands there."""
    answer = mine.client.post(
        "/practice/page/photo", data={"photo": (io.BytesIO(SVG), name)}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert not problems_of(answer.text)
    assert re.search(rf'<a href="#photo-file">[^<]*{words}', answer.text)
    assert re.search(rf'id="photo-file-error">.*?{words}', answer.text)
    assert 'value="Testa"' in answer.text


def test_a_page_has_a_first_name(mine: Practice) -> None:
    version = hidden(mine.get("/page").text, "version")
    answer = mine.post("/page", first_name=" ", last_name="Example", gender="", version=version)
    assert answer.status_code == 422
    assert '<a href="#first_name">Write your first name.</a>' in answer.text


def test_a_place_moves_to_where_it_says(mine: Practice) -> None:
    page = mine.get(f"/places/{mine.location_id}")
    assert not problems_of(page.text)
    answer = mine.post(
        f"/places/{mine.location_id}", kind="practice", where="asdfghjkl", active="y", seen=hidden(page.text, "seen")
    )
    assert answer.status_code == 422
    mine.session.rollback()
    assert mine.session.scalars(select(Location.city).where(Location.id == mine.location_id)).one() == "Austin"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/week",
        "/page",
        "/services",
        "/services/new",
        "/places",
        "/places/new",
        "/time-off",
        "/rules",
        "/licences",
        "/licences/new",
        "/numbers",
        "/visits/new",
    ],
)
def test_every_room_is_a_sound_page(mine: Practice, path: str) -> None:
    mine.confirmed()
    page = mine.get(path)
    assert page.status_code == 200
    assert not problems_of(page.text)
    assert page.text.count("<h1") == 1


@pytest.mark.parametrize("room", ["/services", "/places", "/calendars"])
def test_the_parts_of_the_page_stand_under_it_and_the_account_is_near(mine: Practice, room: str) -> None:
    text = mine.get(room).text
    assert re.search(r'href="/practice/page" aria-current="true"', text)
    assert re.search(r'class="site-nav__own"><a href="/account/"', text)


def test_a_practice_that_nobody_can_book_is_not_called_open(mine: Practice) -> None:
    assert "Your practice is open" in mine.get("/start/done").text
    assert mine.post("/start/hours").status_code == 303
    text = mine.get("/start/done").text
    assert "Nobody can book yet: your week has no hours." in text
    assert "People can" not in text


def test_hours_are_said_as_elsewhere(mine: Practice) -> None:
    text = mine.get("/places").text
    assert "9:00 am" in text
    assert "America/" not in text


@pytest.mark.parametrize(("how", "words"), [("self", "by the therapist"), ("registry", "to the national registry")])
def test_who_vouches_for_a_licence_that_nobody_checked(mine: Practice, how: str, words: str) -> None:
    licence = mine.session.scalars(select(Licence).where(Licence.therapist_id == mine.id)).one()
    licence.checked_how, licence.checked_on = how, None
    mine.session.commit()
    assert f"{words}, not checked by us" in mine.get("/licences").text


def test_a_licence_that_was_changed_in_another_window_is_not_overwritten(mine: Practice) -> None:
    licence = mine.session.scalars(select(Licence).where(Licence.therapist_id == mine.id)).one()
    licence.checked_how, licence.checked_on = "self", None
    mine.session.commit()
    path, state = f"/licences/{licence.id}", licence.jurisdiction
    seen = hidden(mine.get(path).text, "seen")
    first = mine.post(path, jurisdiction=state, number="MT 1", seen=seen)
    assert first.status_code == 303
    second = mine.post(path, jurisdiction=state, number="MT 2", seen=seen)
    assert second.status_code == 409
    assert "in another window" in second.text
    mine.session.expire_all()
    assert licence.number == "MT 1"
    again = mine.post(path, jurisdiction=state, number="MT 2", seen=hidden(second.text, "seen"))
    assert again.status_code == 303
