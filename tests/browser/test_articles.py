"""Articles in a real browser: accessible, no wider than the screen, one printed page for the plan, a place kept only if asked."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.articles import services
from tests.articles.samples import ours
from tests.articles.test_services import FACTS
from tests.browser.pages import go, too_wide, violations, without_script

pytestmark = pytest.mark.browser

PAGES = (
    "/articles",
    "/articles?q=sciatica",
    "/articles/sciatica-and-massage",
    "/articles/massage-in-a-treatment-plan",
    "/articles/keeping-back-pain-away/plan",
    "/conditions/pinched-nerve",
    "/techniques/deep-tissue",
    "/helper",
)


@pytest.fixture
def reading(site: str, session: Session) -> str:
    services.sync(session, ours())
    services.add_external(session, FACTS, "editor@example.org")
    session.commit()
    return site


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation_or_is_too_wide(reading: str, page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for path in PAGES:
            go(page, reading + path)
            found = violations(page)
            assert not found, f"{path} at {width} in {scheme}:\n" + "\n".join(found)
            wide = too_wide(page)
            assert wide <= 0, f"{path} is {wide} px wider than {width}"


def test_the_plan_fits_on_one_printed_page(reading: str, page: Page) -> None:
    go(page, reading + "/articles/keeping-back-pain-away/plan")
    for paper in ("Letter", "A4"):
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", page.pdf(format=paper))) == 1, paper


def test_a_place_is_kept_on_this_device_only_while_asked(reading: str, page: Page) -> None:
    go(page, reading + "/conditions/sciatica")
    where, box = page.get_by_label("Your ZIP or town"), page.get_by_label("Remember this place on this device")
    where.fill("78701")
    page.evaluate("document.querySelector('.find-box form').addEventListener('submit', e => e.preventDefault())")
    where.press("Enter")
    assert page.evaluate("localStorage.length") == 0
    box.check()
    where.press("Enter")
    go(page, reading + "/conditions/neck-pain")
    expect(where).to_have_value("78701")
    arrives = without_script(page, reading + "/conditions/neck-pain", "remember-place")
    where.focus()
    arrives()
    expect(where).to_have_value("")  # nothing is put under the hands of who is about to type
    box.uncheck()
    assert page.evaluate("localStorage.length") == 0


def test_the_helper_works_by_keyboard_alone(reading: str, page: Page) -> None:
    go(page, reading + "/helper")
    page.get_by_label("Lower back").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Buttock or down one leg")).to_be_checked()
    page.get_by_label("Sharp, burning or shooting").press("Space")
    page.get_by_label("Some weeks").press("Space")
    page.get_by_role("button", name="Show me where to start").press("Enter")
    expect(page.get_by_role("heading", name="Here is a place to start")).to_be_visible()
    assert page.url == reading + "/helper"
