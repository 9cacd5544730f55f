"""Looking at a page: when it stands still, what axe finds, and how much wider than the screen it is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, Request

LOOKS = 3
PATIENCE = 30.0
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


def go(page: Page, address: str) -> None:
    """There, and not before everything there is done."""
    with settled(page):
        page.goto(address)


def violations(page: Page) -> list[str]:
    """What axe finds, one line an element."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def too_wide(page: Page) -> int:
    """By how many pixels the page would have to be scrolled sideways; 0 or less when it fits."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
