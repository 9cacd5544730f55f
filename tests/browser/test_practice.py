"""From sign-up to bookable with only what the pages offer: with a mouse, on a phone, and by keyboard alone."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy.orm import Session

from tests.browser.aside import aside
from tests.browser.pages import go, press, settled, sign_in, too_wide, violations
from tests.places import gazetteer
from tests.support.accounts import ADDRESS, PASSWORD, letters, link_in, make_user

pytestmark = pytest.mark.browser

Press = Callable[[Locator], None]
Fill = Callable[[Locator, str], None]


@pytest.fixture
def places(session: Session) -> None:
    gazetteer.fill(session)
    session.commit()


def tab_to(target: Locator) -> None:
    """Walk there with the Tab key alone."""
    for _ in range(120):
        if target.evaluate("one => one === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key never came to {target}")


def by_keyboard(target: Locator) -> None:
    tab_to(target)
    press(target, "Enter")


def typed(target: Locator, text: str) -> None:
    tab_to(target)
    target.page.keyboard.type(text)


def set_up(page: Page, site: str, session: Session, press: Press, fill: Fill) -> str:
    """Everything from the front page on; returns the address of the new page."""

    def sound() -> None:
        assert not violations(page)
        assert too_wide(page) <= 0, page.url

    page.goto(site + "/")
    press(page.get_by_role("link", name="Massage therapists"))
    page.wait_for_url("**/practice/")
    sound()
    press(page.get_by_role("link", name="Make an account"))
    fill(page.get_by_label("Your name"), "Nova Sample")
    fill(page.get_by_label("E-mail address"), ADDRESS)
    fill(page.get_by_label("Password", exact=True), PASSWORD)
    press(page.get_by_role("button", name="Make my account"))
    expect(page.get_by_text("A mail is on its way")).to_be_visible()
    page.goto(site + link_in(letters(session)[0], "confirm"))
    fill(page.get_by_label("The password you chose", exact=True), PASSWORD)
    press(page.get_by_role("button", name="Confirm and sign in"))

    expect(page.get_by_role("heading", name="Let people find you")).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Nova")
    sound()
    fill(page.get_by_role("combobox", name="Where you work"), "Austin, TX")
    page.keyboard.press("Escape")
    press(page.get_by_role("button", name="Next: your licence"))
    expect(page.get_by_label("Licensed in")).to_have_value("US-TX")
    sound()
    fill(page.get_by_label("Licence number"), "MT 104417")
    expect(page.locator(".preview")).to_contain_text("MT 104417")
    press(page.get_by_role("button", name="Next: services and prices"))
    expect(page.get_by_role("heading", name="Services and prices")).to_be_visible()
    sound()
    fill(page.get_by_label("Price of 60 minutes"), "95")
    expect(page.locator(".preview")).to_contain_text("$95")
    press(page.get_by_role("button", name="Next: hours"))
    expect(page.get_by_label("Monday, opens", exact=True)).to_have_value("09:00")
    sound()
    press(page.get_by_role("button", name="Open my practice"))
    expect(page.get_by_role("heading", name="Your practice is open")).to_be_visible()
    sound()
    press(page.get_by_role("link", name="See your page"))
    expect(page.get_by_role("heading", name="Nova Sample")).to_be_visible()
    return page.url


def can_be_booked(page: Page) -> None:
    page.goto(page.url.split("?")[0].rstrip("/") + "/times")
    expect(page.get_by_role("link", name=re.compile(r"\d:\d\d (am|pm)")).first).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_new_therapist_can_be_booked(site: str, page: Page, session: Session, places: None, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    set_up(page, site, session, press, lambda one, text: one.fill(text))
    can_be_booked(page)


def test_a_new_therapist_can_be_booked_by_keyboard_alone(site: str, page: Page, session: Session, places: None) -> None:
    set_up(page, site, session, by_keyboard, typed)
    can_be_booked(page)


@pytest.fixture
def practice(app: Flask, site: str, page: Page, session: Session) -> int:
    """A practice with a confirmed visit and a request, and its therapist signed in; the confirmed visit's number."""
    from tests import factories
    from tests.web.practice.conftest import Practice

    user_id = aside(lambda: make_user(app, ADDRESS, "patient", "therapist"))
    one = factories.practice(session, user_id)
    session.commit()
    made = Practice(app.test_client(), session, one.id, one.locations[0].id, one.services[0].id)
    first, second, *_ = made.free()
    confirmed = made.confirmed(first)
    made.requested(second)
    sign_in(page, site)
    return confirmed.id


ROOMS = (
    "", "week", "page", "services", "services/new", "places", "places/new", "time-off", "rules", "licences", "numbers",
    "visits/new", "visits/{id}", "visits/{id}/move",
)  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark"), (768, "light")])
def test_the_rooms_are_accessible_and_fit(site: str, page: Page, practice: int, width: int, scheme: str) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for room in ROOMS:
        page.goto(f"{site}/practice/{room.format(id=practice)}")
        assert not violations(page), f"{room} at {width} in {scheme}: " + "\n".join(violations(page))
        assert too_wide(page) <= 0, f"{room} at {width}"


def test_a_drag_in_the_week_opens_the_move_with_the_new_time(site: str, page: Page, practice: int) -> None:
    go(page, f"{site}/practice/week")
    block = page.locator("[data-move]").first
    if not block.count():
        with settled(page):
            press(page.get_by_role("link", name="Later week"))
    block.scroll_into_view_if_needed()
    box = block.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 30, steps=4)
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()
    page.wait_for_url(re.compile(r"/move\?to=\d{4}-\d\d-\d\dT\d\d:\d\d"))
    expect(page.get_by_role("button", name="Move the visit")).to_be_visible()


def test_a_preview_of_ones_own_words_comes_from_the_server(site: str, page: Page, practice: int) -> None:
    go(page, f"{site}/practice/page")
    page.get_by_label("In your own words").fill("I am **calm**. <img src=x onerror=alert(1)>")
    expect(page.locator(".bio strong")).to_have_text("calm")
    assert page.locator(".bio img").count() == 0
    page.get_by_text("How it looks").click()
    page.get_by_label("In your own words").fill("I am **glad**.")
    expect(page.locator(".bio strong")).to_have_text("glad")
    expect(page.locator(".bio")).to_be_hidden()
