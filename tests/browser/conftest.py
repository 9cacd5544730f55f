"""A running site for the browser, and a page that refuses to hide its errors."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served for one test."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    own = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield own
    own.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser's console said: errors, and everything that the content policy refused."""
    return []


@pytest.fixture
def page(context: BrowserContext, complaints: list[str]) -> Iterator[Page]:
    one = context.new_page()
    one.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    one.on("pageerror", lambda error: complaints.append(str(error)))
    yield one
    assert not complaints, complaints
