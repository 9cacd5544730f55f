"""The pages in a real browser: accessible in light and dark, nothing wider than a phone, nothing refused by the policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import go, press, too_wide, violations

pytestmark = pytest.mark.browser

PAGES = (
    "/dev/components",
    "/dev/home",
    "/dev/results?case=many",
    "/dev/results?case=one",
    "/dev/results?case=none",
    "/dev/results?case=several",
    "/dev/results?case=start",
    "/dev/profile",
    "/dev/profile?case=empty",
    "/dev/profile?case=long",
    "/dev/profile?case=unclaimed",
    "/dev/error/404",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(site: str, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for path in PAGES:
        go(page, site + path)
        found = violations(page)
        assert not found, f"{path} in {scheme}:\n" + "\n".join(found)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_screen(site: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in PAGES:
        page.goto(site + path)
        wide = too_wide(page)
        assert wide <= 0, f"{path} is {wide} px wider than {width}"


def test_targets_of_the_main_controls_are_large_enough(site: str, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(site + "/dev/results?case=many")
    for selector in (".button", ".chip", ".time", ".sentence__field", ".sentence .input", ".site-nav a"):
        sizes = page.locator(selector).evaluate_all(
            "all => all.filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height)"
        )
        assert sizes, selector
        assert min(sizes) >= 43.9, f"{selector}: {min(sizes)}"


def test_back_to_a_refused_form_opens_it_and_asks_to_send_nothing(site: str, page: Page, complaints: list[str]) -> None:
    page.goto(site + "/visits")
    page.get_by_label("E-mail").fill("no address")
    press(page.get_by_role("button", name="Send me the link"))
    expect(page.locator(".field__error")).to_be_visible()
    complaints.clear()  # The browser itself reports every answer with 422.
    press(page.get_by_role("link", name="Articles").first)
    page.go_back()
    expect(page.get_by_label("E-mail")).to_be_visible()
    expect(page.locator(".field__error")).to_have_count(0)
