"""Going through pages as a person does, who looks at one before doing something on it; and looking at one: what axe finds,
and how much wider than the screen it is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Frame, Locator, Page, Request, Route, expect

from tests.browser.aside import aside
from tests.support.accounts import ADDRESS, PASSWORD, code_of

LOOKS = 3
PATIENCE = 60.0
"""Seconds until a browser test gives up waiting for anything: on a busy machine pages take long, and that is no fault."""

expect.set_options(timeout=PATIENCE * 1000)

AT_REST = """() => document.fonts.ready.then(() => new Promise(done => requestIdleCallback(
    () => requestAnimationFrame(() => requestAnimationFrame(() => done(document.documentElement.outerHTML))),
    { timeout: 1000 })))"""


@contextmanager
def settled(page: Page) -> Iterator[None]:
    """Whatever is asked for meanwhile has come at the end, and the scripts have done what they had to.

    That is: the page is loaded, and several times in a row its scripts had nothing to do, nothing in it had changed, and
    no request was open. Playwright's own "networkidle" says the last after half a second, which it waits on every page.
    """
    coming: set[Request] = set()

    def asked(request: Request) -> None:
        coming.add(request)

    def over(request: Request) -> None:
        coming.discard(request)

    def moved_on(frame: Frame) -> None:
        """What the last page still waited for never comes."""
        if frame == page.main_frame:
            coming.intersection_update([each for each in coming if each.is_navigation_request()])

    listeners = {"request": asked, "requestfinished": over, "requestfailed": over, "framenavigated": moved_on}
    for name, listener in listeners.items():
        page.on(name, listener)  # type: ignore[call-overload]
    try:
        yield
        page.wait_for_load_state()
        _wait_until_still(page, coming)
    finally:
        for name, listener in listeners.items():
            page.remove_listener(name, listener)


def _wait_until_still(page: Page, coming: set[Request]) -> None:
    calm, seen, last = 0, "", time.monotonic() + PATIENCE
    while calm < LOOKS:
        before, seen = seen, page.evaluate(AT_REST)
        calm = 0 if coming or seen != before else calm + 1
        assert time.monotonic() < last, f"{page.url} still waits for {[each.url for each in coming]}"


def a_time(page: Page, among: str = ".time") -> Locator:
    """A free time that is free on the next page, too: the first one may be too soon when the clock has moved on."""
    return page.locator(among).nth(2)


def go(page: Page, address: str) -> None:
    """There, and not before everything there is done."""
    with settled(page):
        page.goto(address)


@dataclass(frozen=True)
class Held:
    """Requests that wait for their answers."""

    page: Page
    routes: list[Route] = field(default_factory=list)

    def take(self) -> Route:
        """The one that has waited longest, or the next one that comes."""
        while not self.routes:
            self.page.wait_for_timeout(10)
        return self.routes.pop(0)


def hold(page: Page, address: str) -> Held:
    """What the page asks for there waits."""
    held = Held(page)

    def keep(route: Route) -> None:
        held.routes.append(route)

    page.route(address, keep)
    return held


def without_script(page: Page, address: str, name: str) -> Callable[[], None]:
    """There, while one of the scripts still has not come. Calling the answer lets it come, and waits until it ran."""
    held = hold(page, f"**/js/{name}.js")
    with page.expect_request(f"**/js/{name}.js"):
        page.goto(address)

    def arrives() -> None:
        script = held.take()
        script.continue_()
        page.evaluate("async address => { await import(address) }", script.request.url)

    return arrives


def press(control: Locator, key: str | None = None) -> None:
    """Press what leads to another page, with the mouse or a key, and wait until that page is there.

    A click alone does not wait: what is done next would often be done to the page that is about to go.
    """
    with control.page.expect_navigation():
        if key:
            control.press(key)
        else:
            control.click()


def sign_in(page: Page, site: str, email: str = ADDRESS) -> None:
    """With PASSWORD, as far as that leads: whoever has a second factor is asked for its code next."""
    page.goto(f"{site}/account/login")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in", exact=True))


def type_code(app: Flask, page: Page, email: str) -> None:
    """The second factor of somebody whose authenticator the tests know."""
    page.get_by_label("Code from your app").fill(aside(lambda: code_of(app, email)))
    press(page.get_by_role("button", name="Sign in", exact=True))


def violations(page: Page) -> list[str]:
    """What axe finds, one line an element."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> int:
    """By how many pixels the page would have to be scrolled sideways; 0 or less when it fits."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
