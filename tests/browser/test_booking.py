"""The whole way to a visit in a real browser: on a phone, by keyboard, without scripts, with large text; axe at each step."""

import email
import email.policy
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from app.core.clock import now
from app.directory.models import Therapist
from app.directory.services import refresh_listings
from app.doors.post import deliver
from app.scheduling import services
from app.scheduling.hours import OpeningHours
from tests import factories
from tests.browser.aside import aside
from tests.browser.pages import a_time, press, too_wide, violations
from tests.support.accounts import ADDRESS, PASSWORD, make_user

pytestmark = pytest.mark.browser
TYPED = {"Your name": "Pat Example", "E-mail": "pat@example.test", "A note": "Since spring."}


@pytest.fixture
def slug(session: Session) -> str:
    """A therapist who is open all day, every day."""
    one: Therapist = factories.therapist(session, email="therapist@example.test", phone="+15125550100")
    weekly = [OpeningHours(day, 8 * 60, 20 * 60) for day in range(7)]
    refresh_listings(session, [one.id])
    services.set_hours(session, one.id, one.locations[0].id, weekly, now())
    session.commit()
    return one.slug


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A browser whose scripts are off."""
    return new_context(java_script_enabled=False, viewport={"width": 360, "height": 740}).new_page()


def mailed(app: Flask) -> str:
    """The text of the newest mail in the outbox."""

    def posted() -> None:
        with app.app_context():
            deliver()

    aside(posted)
    files = sorted(Path(app.config["SETTINGS"].instance, "outbox").glob("*.eml"), key=lambda file: file.stat().st_mtime)
    mail = email.message_from_bytes(files[-1].read_bytes(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def check(page: Page, axe: bool) -> None:
    wide = too_wide(page) if axe else 0
    assert wide <= 0, f"{page.url} is {wide} px too wide"
    found = violations(page) if axe else []
    assert not found, f"{page.url}: " + "\n".join(found)


def say_no(page: Page) -> None:
    for group in page.locator(".questions fieldset").all():
        group.get_by_label("No", exact=True).check()
    press(page.get_by_role("button", name="Go on"))


def answer_no(page: Page, then: Callable[[Page], None] = lambda page: None) -> None:
    """All three pages of questions, and on each of them something else before."""
    for number in (1, 2, 3):
        expect(page.get_by_text(f"{number} of 3.")).to_be_visible()
        then(page)
        say_no(page)


def book(page: Page, site: str, slug: str, axe: bool = True) -> None:
    page.goto(f"{site}/therapists/{slug}/times")
    check(page, axe)
    press(a_time(page))
    answer_no(page, lambda page: check(page, axe))
    for label, text in TYPED.items():
        page.get_by_label(label).fill(text)
    check(page, axe)
    press(page.get_by_role("button", name="Go on to the review"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Is everything right?")
    check(page, axe)
    press(page.get_by_role("button", name=re.compile("^Request ")))
    expect(page.get_by_text("held for you until")).to_be_visible()
    check(page, axe)


def confirm(page: Page, app: Flask, axe: bool = True) -> None:
    code = re.search(r"\b(\d{6})\b", mailed(app))
    assert code
    page.get_by_label("The six digits").fill(code[1])
    press(page.get_by_role("button", name="Confirm"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is on its way")
    check(page, axe)
    press(page.get_by_role("link", name="Open the page of this visit"))
    check(page, axe)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_whole_way(page: Page, site: str, slug: str, app: Flask, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    book(page, site, slug)
    confirm(page, app)
    for name in ("Move the visit", "Cancel"):
        press(page.get_by_role("link", name=name, exact=True))
        check(page, axe=True)
        page.go_back()
    page.goto(page.url + "/messages")
    check(page, axe=True)


def test_the_whole_way_without_scripts(plain: Page, site: str, slug: str, app: Flask) -> None:
    book(plain, site, slug, axe=False)
    confirm(plain, app, axe=False)
    expect(plain.get_by_text("Waiting for Testa Sample")).to_be_visible()


def test_one_press_of_back_passes_over_the_steps_that_were_sent(page: Page, site: str, slug: str) -> None:
    book(page, site, slug, axe=False)
    visit = page.url
    for direction, there in (("back", f"{site}/therapists/{slug}/times"), ("forward", visit)):
        page.evaluate(f"history.{direction}()")
        page.wait_for_url(there, wait_until="networkidle")
        assert page.url == there


def test_the_link_in_the_mail_confirms_without_scripts(plain: Page, site: str, slug: str, app: Flask) -> None:
    book(plain, site, slug, axe=False)
    path = re.search(r"(/visits/confirm/\S+)", mailed(app))
    assert path
    plain.goto(site + path[1])
    press(plain.get_by_role("button", name=re.compile("^Confirm ")))
    expect(plain.get_by_role("heading", level=1)).to_have_text("Your request is on its way")


def test_an_emergency_shows_help_and_no_times(page: Page, site: str, slug: str) -> None:
    page.goto(f"{site}/therapists/{slug}/times")
    press(a_time(page))
    page.locator(".questions fieldset").first.get_by_label("Yes", exact=True).check()
    for group in page.locator(".questions fieldset").all()[1:]:
        group.get_by_label("No", exact=True).check()
    press(page.get_by_role("button", name="Go on"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Please get medical help now")
    assert page.locator(".time").count() == 0
    check(page, axe=True)


def test_the_questions_by_keyboard_alone(page: Page, site: str, slug: str) -> None:
    """Case 23."""
    page.goto(f"{site}/therapists/{slug}/times")
    press(a_time(page), "Enter")
    page.wait_for_url("**/book?**")
    page.locator(".questions input").first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    press(page.get_by_role("button", name="Go on"), "Enter")
    page.wait_for_url("**/questions/2")


def press_through(page: Page, button: str) -> None:
    """Answer every question of a page with No, and go on, without a mouse."""
    page.locator(".questions input").first.focus()
    for _ in page.locator(".questions fieldset").all():
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name=button)).to_be_focused()
    press(page.get_by_role("button", name=button), "Enter")


def test_who_is_signed_in_asks_for_a_visit_by_keyboard_alone_and_needs_no_code(
    page: Page, site: str, slug: str, app: Flask
) -> None:
    aside(lambda: make_user(app))
    page.goto(f"{site}/account/login")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(ADDRESS)
    page.get_by_label("Password", exact=True).focus()
    page.keyboard.type(PASSWORD)
    press(page.get_by_label("Password", exact=True), "Enter")
    expect(page.get_by_role("link", name="My visits").first).to_be_visible()
    page.goto(f"{site}/therapists/{slug}/times")
    press(a_time(page), "Enter")
    for number in (1, 2, 3):
        expect(page.get_by_text(f"{number} of 3.")).to_be_visible()
        press_through(page, "Go on")
    expect(page.get_by_label("Your name")).to_have_value("Ada Sample")
    expect(page.get_by_label("E-mail")).to_have_value(ADDRESS)
    press(page.get_by_label("E-mail"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is everything right?")
    press(page.get_by_role("button", name=re.compile("^Request ")), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your request is on its way")
    page.goto(f"{site}/visits")
    press(page.locator(".visit-row__when"), "Enter")
    expect(page.get_by_text("Waiting for Testa Sample")).to_be_visible()
    press(page.get_by_role("link", name="Cancel", exact=True), "Enter")
    press(page.get_by_role("button", name="Yes, take it back"), "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You cancelled this visit")


def test_text_at_twice_its_size_still_fits(page: Page, site: str, slug: str, app: Flask) -> None:
    page.set_viewport_size({"width": 640, "height": 900})
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
    )
    book(page, site, slug)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    confirm(page, app)


def test_a_taken_time_is_mended_without_typing_anew(
    page: Page, site: str, slug: str, session: Session, complaints: list[str]
) -> None:
    page.goto(f"{site}/therapists/{slug}/times")
    press(a_time(page))
    answer_no(page)
    for label, text in TYPED.items():
        page.get_by_label(label).fill(text)
    press(page.get_by_role("button", name="Go on to the review"))
    one = session.query(Therapist).filter_by(slug=slug).one()
    services.add_time_off(session, one.id, now(), now() + timedelta(days=3), now())
    session.commit()
    press(page.get_by_role("button", name=re.compile("^Request ")))
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()
    complaints.clear()  # The browser itself reports every answer with 409.
    press(page.locator(".notice .time").first)
    expect(page.get_by_text("Since spring.")).to_be_visible()
    press(page.get_by_role("button", name=re.compile("^Request ")))
    expect(page.get_by_text("held for you until")).to_be_visible()
