"""Fixtures: a fresh database a test, a client, a session.

The database is SQLite, with `@pytest.mark.databases` both, with `@pytest.mark.databases("postgresql")` that one.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("APP_ENV", "testing")
os.environ["PYTHONTZPATH"] = ""

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from passlib.totp import AppWallet
from pytest_socket import socket_allow_hosts
from sqlalchemy.orm import Session

from app.doors.database import db
from app.doors.limits import limiter
from app.factory import create_app
from config import from_environment
from tests.support.databases import Databases
from tests.support.memory import write_to_memory

write_to_memory()
AppWallet.encrypt_cost = 1  # an authenticator's key is sealed as slowly as its library likes: here, as quickly
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("house")

pytest_plugins = ["tests.support.chromium", "tests.support.elsewhere", "tests.support.programs"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker("databases")
        chosen = (marked.args or ("sqlite", "postgresql")) if marked else ("sqlite",)
        metafunc.parametrize("database", chosen, scope="function")


@pytest.fixture(autouse=True, scope="session")
def closed_sockets() -> None:
    """No test talks to anything but this machine."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def leaves_no_trace() -> Iterator[None]:
    """What is one for a whole process is as it was: else it would decide about the tests that come later on this core."""
    yield
    told = structlog.is_configured()
    structlog.reset_defaults()  # one test fails for it, and not all that follow
    assert not told, "this test said where log lines go"
    assert limiter.enabled, "this test switched the rate limits off"
    assert not logging.root.manager.disable, "this test switched the library's logs off"


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The migrated templates that every test's database is copied from.

    Not in pytest's own folder: each run of pytest shuts that to other users, and PostgreSQL refuses to run as root.
    """
    with tempfile.TemporaryDirectory(prefix="unknot-tests-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o755)
        with Databases(home) as all_of_them:
            yield all_of_them


@pytest.fixture(scope="session")
def apps(databases: Databases) -> dict[str, Flask]:
    """One application a database and worker; made when first asked for."""
    return {}


@pytest.fixture
def app(database: str, databases: Databases, apps: dict[str, Flask]) -> Flask:
    """The application on a fresh, migrated, empty database."""
    if database in apps:
        with apps[database].app_context():
            db.engine.dispose()
    url = databases.fresh(database)
    if database not in apps:
        instance = databases.home / f"instance-{database}"
        variables = {"APP_ENV": "testing", "DATABASE_URL": url, "INSTANCE_PATH": str(instance)}
        apps[database] = create_app(from_environment(variables), {"WTF_CSRF_ENABLED": False})
    return apps[database]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of the test's own: what it wants others to see, it commits."""
    with app.app_context():
        maker = db.sessionmaker
    with maker() as own:
        yield own


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """The rate limits are on, and nobody has used any up."""
    app.config["RATE_LIMITS"] = True
    limiter.reset()
    yield
    app.config["RATE_LIMITS"] = False
    limiter.reset()
