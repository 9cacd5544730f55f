"""Wires the house together; decides nothing."""

from typing import Any

from flask import Flask
from flask_alembic import Alembic
from flask_openapi import Info
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from app import api, cli, web
from app.core import crypto, logs
from app.doors import (
    audience,
    cookies,
    database,
    errors,
    limits,
    links,
    locale,
    readable,
    request_log,
    security,
    static_files,
    where,
)
from app.doors.application import Application
from app.doors.caller import refuse, roles_of_caller
from app.doors.settings import flask_settings
from app.tables import Base
from config import ROOT, Settings, from_environment

alembic = Alembic(metadatas=Base.metadata, run_mkdir=False)
csrf = CSRFProtect()


def create_app(settings: Settings | None = None, overrides: dict[str, Any] | None = None) -> Flask:
    """The application. `settings` default to the environment; `overrides` are Flask settings, for tests."""
    settings = settings or from_environment()
    app = Application(
        "unknot",
        info=Info(title="Unknot", version="1"),
        root_path=str(ROOT / "app"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(settings.instance.resolve()),
        doc_prefix="/api/v1",
        doc_url="/openapi.json",
        doc_ui=False,
        validation_error_callback=errors.invalid_parameters,
    )
    app.openapi_version = "3.1.0"
    app.config.from_mapping(flask_settings(settings))
    app.config.from_mapping(overrides or {})
    if not app.testing:
        logs.configure(as_json=settings.production, level=settings.log_level)
    crypto.use_keys(settings.data_keys)
    _wire(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _wire(app: Application) -> None:
    database.init_app(app)
    alembic.init_app(app)
    cookies.init_app(app)
    locale.init_app(app)
    csrf.init_app(app)
    request_log.init_app(app)
    limits.init_app(app)
    readable.init_app(app)
    links.init_app(app)
    static_files.init_app(app)
    audience.init_app(app, roles_of_caller, refuse)
    security.init_app(app)
    errors.init_app(app)
    where.init_app(app)
    web.init_app(app)
    api.init_app(app, csrf)
    cli.init_app(app)
