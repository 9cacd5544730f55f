"""An admin's main journey, on a phone: sign in, check a licence at the board, decide, see it in the history."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import factories
from tests.browser.conftest import aside
from tests.browser.pages import violations
from tests.support.accounts import PASSWORD, code_of, make_user

pytestmark = pytest.mark.browser


def accessible(page: Page) -> None:
    found = violations(page)
    assert not found, "\n".join(found)


def sign_in(app: Flask, page: Page, site: str, email: str) -> None:
    page.goto(f"{site}/account/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()
    page.wait_for_url(lambda url: not url.endswith("/login") or "/code" in url)
    if "/account/code" in page.url:
        page.get_by_label("Code from your app").fill(aside(lambda: code_of(app, email)))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/account/")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_licence_is_checked_and_decided(app: Flask, site: str, session: Session, page: Page, colours: str) -> None:
    aside(lambda: make_user(app, "root@person.example", "patient", "admin"))
    one = factories.therapist(session, npi="1770626038")
    session.commit()
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
    sign_in(app, page, site, "root@person.example")
    page.goto(f"{site}/admin/")
    accessible(page)
    page.get_by_role("link", name=re.compile("Licences to check")).click()
    accessible(page)
    page.get_by_role("link", name=re.compile(one.name)).click()
    expect(page.get_by_role("link", name="Look it up at the board")).to_be_visible()
    accessible(page)
    page.get_by_label("How you know").fill("The board's look-up page")
    page.get_by_role("button", name="Record what the board says").click()
    expect(page.get_by_role("heading", name="Nothing waits")).to_be_visible()
    page.goto(f"{site}/admin/history")
    expect(page.get_by_text("root@person.example")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_therapist_adds_a_calendar_file_and_makes_a_secret_address(
    app: Flask, site: str, session: Session, page: Page
) -> None:
    owner = aside(lambda: make_user(app, "thea@person.example", "patient", "therapist"))
    factories.therapist(session, user_id=owner)
    session.commit()
    page.set_viewport_size({"width": 360, "height": 800})
    sign_in(app, page, site, "thea@person.example")
    page.goto(f"{site}/practice/calendars")
    accessible(page)
    file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20990230T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    page.locator("#file-name").fill("Private")
    page.locator("#file").set_input_files({"name": "a.ics", "mimeType": "text/calendar", "buffer": file.encode()})
    page.get_by_role("button", name="Add this file").click()
    page.get_by_text("1 event was left out").click()
    expect(page.get_by_text("20990230T100000Z")).to_be_visible()
    page.get_by_role("button", name="Make a secret address").click()
    expect(page.get_by_text("it is not shown again")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
