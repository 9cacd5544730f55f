"""Every route declares who may call it."""

from pathlib import Path

from flask import Flask

from app.doors.audience import declared
from app.factory import create_app
from config import from_environment


def test_every_route_declares_its_audience(app: Flask) -> None:
    silent = sorted(
        f"{rule.rule} ({rule.endpoint})" for rule in app.url_map.iter_rules() if not declared(app, rule.endpoint)
    )
    assert not silent, "decorate these views with @audience(...): " + ", ".join(silent)


def test_a_route_that_declares_nothing_is_refused(tmp_path: Path) -> None:
    variables = {"APP_ENV": "testing", "DATABASE_URL": "sqlite://", "INSTANCE_PATH": str(tmp_path)}
    app = create_app(from_environment(variables))
    app.add_url_rule("/undeclared", view_func=lambda: "secret", endpoint="undeclared")
    assert app.test_client().get("/undeclared").status_code == 403
