"""A running site for the browser, and a page that refuses to hide its errors."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.serving import make_server

from app.doors.database import db
from app.factory import create_app
from config import from_environment
from tests.browser.aside import aside
from tests.browser.pages import PATIENCE
from tests.support.databases import Databases

POLL = 0.01
"""Seconds between two looks of a server at whether it shall stop: each test waits for the next one."""


@pytest.fixture
def app(databases: Databases, tmp_path: Path) -> Flask:
    """The application on a fresh, migrated, empty SQLite database of its own."""

    def made() -> Flask:
        path = tmp_path / "site.db"
        shutil.copyfile(databases.fresh("sqlite").removeprefix("sqlite:///"), path)
        variables = {"APP_ENV": "testing", "DATABASE_URL": f"sqlite:///{path}", "INSTANCE_PATH": str(tmp_path)}
        one = create_app(from_environment(variables), {"WTF_CSRF_ENABLED": False})
        one.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(databases.home))
        return one

    return aside(made)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the test's own: what the site is to see, it commits."""

    def maker() -> sessionmaker[Session]:
        with app.app_context():
            return db.sessionmaker

    with aside(maker)() as own:
        yield own


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The address of the application, served for one test."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a browser of somebody's own, with Playwright's options; it is closed at the end."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        own = chromium.new_context(**options)
        made.append(own)
        own.set_default_timeout(PATIENCE * 1000)
        return own

    yield make
    for each in made:
        each.close()


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context(viewport={"width": 1280, "height": 900})


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
