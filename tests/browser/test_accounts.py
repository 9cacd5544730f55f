"""Accounts in a real browser: from sign-up to a passkey, with only what the pages and the mails offer."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy.orm import Session

from tests.browser.aside import aside
from tests.browser.pages import press, settled, sign_in, too_wide, violations
from tests.support.accounts import ADDRESS, PASSWORD, letters, link_in, make_user

pytestmark = pytest.mark.browser


@pytest.fixture
def home(site: str) -> str:
    """Passkeys need a name, not a number: the site as localhost."""
    return site.replace("127.0.0.1", "localhost")


@pytest.fixture
def ada(app: Flask, page: Page, home: str) -> Page:
    aside(lambda: make_user(app))
    sign_in(page, home)
    return page


def sign_out(page: Page, home: str) -> None:
    page.goto(home + "/account/")
    press(page.locator(".account__head").get_by_role("button", name="Sign out"))


def test_sign_up_to_signed_in(page: Page, home: str, session: Session) -> None:
    page.goto(home + "/account/login")
    press(page.get_by_role("link", name="Make one"))
    page.get_by_label("Your name").fill("Ada Sample")
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Show: Password").click()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    press(page.get_by_role("button", name="Make my account"))
    expect(page.get_by_text(f"A mail is on its way to {ADDRESS}")).to_be_visible()

    page.goto(home + link_in(letters(session)[0], "confirm"))
    page.get_by_label("The password you chose", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Confirm and sign in"))
    expect(page.get_by_role("heading", name="Hello Ada Sample")).to_be_visible()

    sign_out(page, home)
    sign_in(page, home)
    expect(page.get_by_role("heading", name="Hello Ada Sample")).to_be_visible()


def test_a_second_factor_with_the_key_that_is_shown(ada: Page, home: str) -> None:
    press(ada.get_by_role("link", name=re.compile(r"^Set up\s*: Second factor")))
    press(ada.get_by_role("button", name="Set it up"))
    expect(ada.locator(".qr__picture")).to_be_visible()
    key = re.sub(r"[\s-]", "", ada.locator("[data-key]").inner_text())
    app = TOTP(key=key, format="base32")
    now = app.generate()
    ada.get_by_label("Code from your app").fill(now.token)
    press(ada.get_by_role("button", name="Switch it on"))
    press(ada.get_by_role("button", name="Make recovery codes"))
    press(ada.get_by_role("link", name="I have them, go on"))
    expect(ada.get_by_text("On: a code from your app")).to_be_visible()

    sign_out(ada, home)
    sign_in(ada, home)
    ada.get_by_label("Code from your app").fill(app.generate(time=now.expire_time + 1).token)
    press(ada.get_by_role("button", name="Sign in", exact=True))
    expect(ada.get_by_role("heading", name="Hello Ada Sample")).to_be_visible()


def test_a_passkey_signs_in_without_password_or_address(ada: Page, home: str) -> None:
    press(ada.locator("a[href='/account/passkeys']"))
    devices = ada.context.new_cdp_session(ada)
    devices.send("WebAuthn.enable")
    phone = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**phone, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )
    ada.get_by_label("A name for this passkey").fill("My phone")
    press(ada.get_by_role("button", name="Add a passkey"))
    expect(ada.get_by_text("The passkey “My phone” is ready.")).to_be_visible()

    sign_out(ada, home)
    ada.goto(home + "/account/login")
    press(ada.get_by_role("button", name="Use a passkey"))
    expect(ada.get_by_role("heading", name="Hello Ada Sample")).to_be_visible()

    press(ada.get_by_role("link", name=re.compile(r"^Change\s*: Passkeys")))
    press(ada.get_by_role("button", name="Remove My phone"))
    expect(ada.get_by_text("The passkey “My phone” is removed.")).to_be_visible()


def steps(page: Page, home: str) -> list[tuple[str, Callable[[], object]]]:
    """Every page of accounts, by the way that leads there."""

    def go(path: str) -> tuple[str, Callable[[], object]]:
        return path, lambda: page.goto(home + path)

    def button(name: str) -> tuple[str, Callable[[], object]]:
        return name, lambda: press(page.get_by_role("button", name=name, exact=True))

    outside = ("/account/login", "/account/register", "/account/reset", "/account/confirm", "/account/check-your-mail")
    inside = (
        "/account/",
        "/account/password",
        "/account/change-email",
        "/account/passkeys",
        "/account/verify",
        "/account/erase",
    )
    return [
        *(go(path) for path in outside),
        go("/account/register"),
        button("Make my account"),
        go("/account/login"),
        ("in", lambda: sign_in(page, home)),
        *(go(path) for path in inside),
        button("Erase everything"),
        go("/account/second-factor"),
        button("Set it up"),
        go("/account/recovery-codes"),
        button("Make recovery codes"),
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_account_page_has_a_violation_or_is_too_wide(
    app: Flask, page: Page, home: str, complaints: list[str], scheme: str
) -> None:
    aside(lambda: make_user(app, name="Adelaide-Wilhelmina Samplington-Fictional"))
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    for name, step in steps(page, home):
        with settled(page):
            step()
        found = violations(page)
        assert not found, f"{name} in {scheme}:\n" + "\n".join(found)
        wide = too_wide(page)
        assert wide <= 0, f"{name} is {wide} px too wide"
    assert not complaints


def test_signing_in_needs_no_scripts(app: Flask, new_context: Callable[..., BrowserContext], home: str) -> None:
    aside(lambda: make_user(app))
    page = new_context(java_script_enabled=False).new_page()
    sign_in(page, home)
    expect(page.get_by_role("heading", name="Hello Ada Sample")).to_be_visible()
    sign_out(page, home)
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
