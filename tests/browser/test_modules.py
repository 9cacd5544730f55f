"""What the scripts add, and that their absence takes nothing away."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from sqlalchemy.orm import Session

from tests.browser.pages import go, press
from tests.places import gazetteer

pytestmark = pytest.mark.browser

AUSTIN = {"label": "Austin, TX", "kind": "town", "lat": 30.27, "lon": -97.74, "time_zone": "America/Chicago"}
AUSTELL = {"label": "Austell, GA", "kind": "town", "lat": 33.81, "lon": -84.63, "time_zone": "America/New_York"}


def answer_with_places(route: Route) -> None:
    route.fulfill(content_type="application/json", body=json.dumps([AUSTIN, AUSTELL]))


def test_a_place_is_chosen_with_the_keyboard_alone(site: str, page: Page) -> None:
    page.route("**/api/v1/places**", answer_with_places)
    go(page, site + "/dev/home")
    where = page.get_by_role("combobox", name="Where")
    where.press_sequentially("aust")
    expect(page.get_by_role("option")).to_have_count(2)
    expect(where).to_have_attribute("aria-expanded", "true")
    where.press("ArrowDown")
    where.press("ArrowDown")
    expect(page.get_by_role("option", name="Austell, GA")).to_have_attribute("aria-selected", "true")
    where.press("Enter")
    expect(where).to_have_value("Austell, GA")
    expect(where).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_suggestions_and_keeps_the_words(site: str, page: Page) -> None:
    page.route("**/api/v1/places**", answer_with_places)
    go(page, site + "/dev/home")
    where = page.get_by_role("combobox", name="Where")
    where.press_sequentially("aust")
    expect(page.get_by_role("listbox")).to_be_visible()
    where.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(where).to_have_value("aust")


def test_a_dead_server_only_means_no_suggestions(site: str, page: Page, complaints: list[str]) -> None:
    page.route("**/api/v1/places**", lambda route: route.abort())
    go(page, site + "/dev/home")
    where = page.get_by_role("combobox", name="Where")
    with page.expect_event("requestfailed"):
        where.press_sequentially("78701")
    expect(where).to_have_attribute("aria-expanded", "false")
    press(where, "Enter")
    assert "/therapists?where=78701" in page.url
    complaints.clear()


def test_my_location_fills_in_a_rough_point(site: str, context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 30.267153, "longitude": -97.743057})
    go(page, site + "/dev/home")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("combobox", name="Where")).to_have_value("30.267,-97.743")


def test_my_location_is_shown_with_the_town_around_it(site: str, page: Page, session: Session) -> None:
    gazetteer.fill(session)
    context = page.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 30.267153, "longitude": -97.743057})
    go(page, site + "/")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_role("combobox", name="Where")).to_have_value("Austin, TX (30.2670, -97.7430)")
    press(page.get_by_role("button", name="Find a therapist"))
    expect(page).to_have_title(re.compile("near Austin, TX"))


def test_a_refused_location_says_what_to_do(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    refuse = "(_, failed) => failed({ code: 1, PERMISSION_DENIED: 1 })"
    page.evaluate(f"() => {{ navigator.geolocation.getCurrentPosition = {refuse}; }}")
    page.get_by_role("button", name="Use my location").click()
    expect(page.get_by_text("did not share the location")).to_be_visible()


def test_dark_is_kept_for_the_next_page(site: str, page: Page) -> None:
    go(page, site + "/dev/home")
    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(site + "/dev/profile")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 25, 26)"


def test_a_card_lights_its_pin_and_the_map_stays_at_home(site: str, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_request("**/tiles/**"):
        go(page, site + "/dev/results?case=one")
    expect(page.locator(".map .pin[role=button]")).to_have_count(1)
    page.get_by_role("link", name="Wren Example", exact=True).focus()
    expect(page.locator(".map .pin[data-lit]")).to_have_count(1)
    assert all(url.startswith((site, "data:")) for url in asked), asked


def test_on_a_phone_the_map_waits_behind_its_button(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    go(page, site + "/dev/results?case=one")
    assert not any("leaflet" in url for url in asked)
    page.get_by_role("button", name="Show the map").click()
    expect(page.locator(".leaflet-container")).to_be_visible()


def test_a_dialog_opens_closes_and_gives_the_focus_back(site: str, page: Page) -> None:
    go(page, site + "/dev/components")
    opener = page.locator("[data-for=sample-dialog]")
    opener.focus()
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(opener).to_be_focused()


def test_without_scripts_everything_that_needs_them_is_absent(
    site: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site + "/dev/results?case=many")
    expect(page.get_by_role("button", name="Show the map")).to_be_hidden()
    expect(page.locator(".map")).to_be_hidden()
    page.goto(site + "/dev/home")
    expect(page.get_by_role("button", name="Use my location")).to_be_hidden()
    page.get_by_label("Where").fill("78701")
    press(page.get_by_role("button", name="Find a therapist"))
    assert "where=78701" in page.url
