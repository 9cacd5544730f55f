"""An admin's main journey, on a phone: sign in, check a licence at the board, decide, see it in the history."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from tests import factories
from tests.browser.aside import aside
from tests.browser.pages import press, sign_in, type_code, violations
from tests.support.accounts import make_user

pytestmark = pytest.mark.browser


def accessible(page: Page) -> None:
    found = violations(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_licence_is_checked_and_decided(app: Flask, site: str, session: Session, page: Page, colours: str) -> None:
    aside(lambda: make_user(app, "root@person.example", "patient", "admin"))
    one = factories.therapist(session, npi="1770626038")
    session.commit()
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
    sign_in(page, site, "root@person.example")
    type_code(app, page, "root@person.example")
    page.goto(f"{site}/admin/")
    accessible(page)
    press(page.get_by_role("link", name=re.compile("Licences to check")))
    accessible(page)
    press(page.get_by_role("link", name=re.compile(one.name)))
    expect(page.get_by_role("link", name="Look it up at the board")).to_be_visible()
    accessible(page)
    page.get_by_label("How you know").fill("The board's look-up page")
    press(page.get_by_role("button", name="Record what the board says"))
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
    sign_in(page, site, "thea@person.example")
    page.goto(f"{site}/practice/calendars")
    accessible(page)
    file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20990230T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    page.locator("#file-name").fill("Private")
    page.locator("#file").set_input_files({"name": "a.ics", "mimeType": "text/calendar", "buffer": file.encode()})
    press(page.get_by_role("button", name="Add this file"))
    page.get_by_text("1 event was left out").click()
    expect(page.get_by_text("20990230T100000Z")).to_be_visible()
    press(page.get_by_role("button", name="Make a secret address"))
    expect(page.get_by_text("it is not shown again")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
