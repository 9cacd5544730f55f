"""A doctor makes a link, the patient scans it, books and comes; the doctor sees it, and nothing without consent."""

import os
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory.models import Therapist
from app.directory.services import refresh_listings
from app.referrals import services as referrals
from app.referrals.models import Doctor
from app.scheduling import services
from app.scheduling.hours import OpeningHours
from app.scheduling.models import Booking
from app.scheduling.states import Actor
from tests import factories
from tests.browser.aside import aside
from tests.browser.pages import a_time, go, press, sign_in
from tests.browser.test_booking import answer_no, check, confirm
from tests.referrals.house import DOCTOR, verified_doctor

pytestmark = pytest.mark.browser
CONSENT = "Let Dr. Testa Example know that I booked and how it went"
Contexts = Callable[..., BrowserContext]
PICTURES = os.environ.get("PICTURES")


def look(page: Page, name: str) -> None:
    """With PICTURES=folder, keep what the page looks like, for a person to look at."""
    check(page, axe=True)
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}-{page.viewport_size['width']}.png", full_page=True)  # type: ignore[index]


@pytest.fixture
def therapist(app: Flask, session: Session) -> Therapist:
    """One who works on sciatica and is open all day, every day; and a verified doctor beside them."""
    aside(lambda: verified_doctor(app))
    one = factories.therapist(session, email="therapist@example.test", phone="+15125550100", specialty_ids=(1, 2))
    weekly = [OpeningHours(day, 8 * 60, 20 * 60) for day in range(7)]
    services.set_hours(session, one.id, one.locations[0].id, weekly, now())
    refresh_listings(session, [one.id])
    doctor_id = session.scalars(select(Doctor.id)).one()
    referrals.add_favourite(session, doctor_id, one.slug)
    session.commit()
    return one


@pytest.fixture
def doctor(context: BrowserContext, site: str, therapist: Therapist) -> Page:
    """The doctor's own browser, signed in."""
    del therapist
    page = context.new_page()
    sign_in(page, site, DOCTOR)
    expect(page.get_by_role("link", name="My referrals")).to_be_visible()
    return page


def make_link(doctor: Page, site: str, tmp_path: Path) -> str:
    """Fill in the one page, and read the square on the next one as a phone's camera does."""
    doctor.bring_to_front()  # behind another tab a page is drawn once a second
    doctor.goto(site + "/referring/new")
    look(doctor, "new")
    doctor.get_by_label("What is it for?").select_option("sciatica")
    doctor.get_by_label("Testa Sample").check()
    doctor.get_by_label("Visits suggested").fill("4")
    doctor.get_by_label("Note to the therapist").fill("Watch the left hip.")
    doctor.get_by_label("Your own label").fill("Chart 1204")
    press(doctor.get_by_role("button", name="Make the link").last)
    expect(doctor.get_by_role("heading", level=1)).to_have_text("Chart 1204")
    look(doctor, "show")
    picture = tmp_path / "square.png"
    doctor.locator(".give__qr").screenshot(path=picture)
    return scanned(picture, doctor.get_by_label("Link", exact=True).input_value())


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_therapist_is_chosen_from_the_search_and_nothing_typed_is_lost(
    doctor: Page, new_context: Contexts, site: str, therapist: Therapist, width: int, scripts: bool
) -> None:
    own = new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
        storage_state=doctor.context.storage_state(),
    )
    one = own.new_page()
    one.goto(site + "/referring/new")
    one.get_by_label("What is it for?").select_option("sciatica")
    one.get_by_label("Note to the therapist").fill("Watch the left hip.")
    press(one.get_by_role("button", name="Choose from the search"))
    one.get_by_role("textbox", name="Name").fill("testa")
    press(one.get_by_role("button", name="Search"))
    one.get_by_role("button", name=re.compile(f"Add to the referral.*{therapist.name}")).click()
    expect(one.locator("#pick-bar")).to_contain_text("1 on the referral")
    expect(one.get_by_role("button", name=re.compile(f"On the referral.*{therapist.name}"))).to_be_visible()
    if scripts:
        look(one, f"choosing-{width}")
    (go if scripts else Page.goto)(one, site + f"/therapists/{therapist.slug}")
    one.get_by_role("button", name="On the referral: take off").click()
    expect(one.locator("#pick-bar")).to_contain_text("Nobody is on the referral yet")
    one.get_by_role("button", name="Add to the referral").click()
    expect(one.locator("#pick-bar")).to_contain_text("1 on the referral")
    if scripts:
        expect(one.get_by_role("button", name="On the referral: take off")).to_be_focused()
    press(one.get_by_role("link", name="Back to the referral"))
    expect(one.get_by_label(therapist.name)).to_be_checked()
    expect(one.get_by_label("Note to the therapist")).to_have_value("Watch the left hip.")
    press(one.get_by_role("button", name="Make the link").last)
    expect(one.get_by_role("link", name=therapist.name, exact=True)).to_be_visible()


def scanned(picture: Path, printed: str) -> str:
    read = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == printed
    return re.sub(r"^https?://[^/]+", "", printed)


def book_by_link(patient: Page, site: str, path: str, app: Flask, *, tell: bool) -> None:
    patient.goto(site + path)
    look(patient, "follow")
    expect(patient).to_have_title("Your doctor's link · Unknot")
    press(a_time(patient, ".therapist .time"))
    answer_no(patient)
    patient.get_by_label("Your name").fill("Pat Example")
    patient.get_by_label("E-mail").fill("pat@example.test")
    press(patient.get_by_role("button", name="Go on to the review"))
    box = patient.get_by_label(CONSENT)
    expect(box).not_to_be_checked()
    if tell:
        box.check()
    look(patient, "review")
    press(patient.get_by_role("button", name=re.compile("^Request ")))
    confirm(patient, app)
    look(patient, "visit")


def attend(session: Session) -> None:
    session.rollback()
    booking = session.scalars(select(Booking).order_by(Booking.id.desc())).first()
    assert booking
    assert booking.referral_id is not None
    me = Actor("therapist", booking.therapist_id)
    services.accept(session, booking.id, me, now())
    services.attended(session, booking.id, me, booking.ends_at + timedelta(minutes=5))
    session.commit()


@pytest.mark.needs("zbarimg")
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_from_the_doctor_to_the_visit_and_back(
    doctor: Page, page: Page, new_context: Contexts, site: str, app: Flask, session: Session,
    tmp_path: Path, width: int, scheme: str,
) -> None:  # fmt: skip
    for one in (doctor, page):
        one.set_viewport_size({"width": width, "height": 800})
        one.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    path = make_link(doctor, site, tmp_path)
    patient = new_context(viewport={"width": width, "height": 800}, color_scheme=scheme).new_page()
    book_by_link(patient, site, path, app, tell=False)
    attend(session)
    doctor.goto(site + "/referring/")
    expect(doctor.locator(".letter")).to_contain_text("opened 1 time")
    expect(doctor.locator(".letter .status")).to_have_text("Opened")
    patient.reload()
    press(patient.get_by_role("button", name="Let my doctor know"))
    doctor.reload()
    expect(doctor.locator(".letter .status")).to_have_text("Attended")
    look(doctor, "letters")
    press(patient.get_by_role("link", name="Two questions"))
    look(patient, "questions")
    patient.get_by_label("At the end").check()
    patient.get_by_label("3", exact=True).check()
    patient.get_by_label("One thing that is hard").fill("sit through a film")
    patient.get_by_label("My therapist and my doctor").check()
    press(patient.get_by_role("button", name="Keep my answers"))
    look(patient, "checks")
    press(doctor.get_by_role("link", name="Chart 1204"))
    expect(doctor.get_by_text("hard to do: sit through a film")).to_be_visible()
    look(doctor, "back")
    patient.goto(patient.url.removesuffix("/checks"))
    press(patient.get_by_role("button", name="Stop telling my doctor"))
    doctor.reload()
    expect(doctor.get_by_text("sit through a film")).to_have_count(0)


@pytest.mark.needs("zbarimg")
def test_what_was_ticked_before_sending_counts(
    doctor: Page, site: str, app: Flask, new_context: Contexts, tmp_path: Path
) -> None:
    path = make_link(doctor, site, tmp_path)
    book_by_link(new_context(viewport={"width": 1280, "height": 800}).new_page(), site, path, app, tell=True)
    doctor.goto(site + "/referring/")
    expect(doctor.locator(".letter .status")).to_have_text("Requested")


@pytest.mark.needs("zbarimg")
def test_the_sheet_is_one_page_on_letter_and_a4_and_its_square_is_read(doctor: Page, site: str, tmp_path: Path) -> None:
    path = make_link(doctor, site, tmp_path)
    for language in ("English", "Español"):
        doctor.goto(site + "/referring/")
        press(doctor.get_by_role("link", name="Chart 1204"))
        press(doctor.get_by_role("main").get_by_role("link", name=language, exact=True))
        look(doctor, f"handout-{language[:2]}")
        for paper in ("Letter", "A4"):
            file = tmp_path / f"{language}-{paper}.pdf"
            pdf = doctor.pdf(format=paper, path=file)
            assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) == 1, (language, paper)
    doctor.emulate_media(media="print")
    picture = tmp_path / "printed.png"
    doctor.screenshot(path=picture, full_page=True)
    if PICTURES:
        doctor.screenshot(path=f"{PICTURES}/printed.png", full_page=True)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True)
    assert read.stdout.strip().endswith(path)
