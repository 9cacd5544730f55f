"""The JSON door, `/api/v1`: OpenAPI 3.1, errors as `application/problem+json`, no cookies, so no CSRF token."""

import orjson
from flask import Response
from flask_openapi import APIBlueprint, OpenAPI
from flask_wtf.csrf import CSRFProtect

from app.api.articles import articles_api
from app.api.directory import api as directory_api
from app.api.scheduling import api as scheduling_api
from app.doors.audience import audience

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    articles_api,
    directory_api,
    scheduling_api,
)


def init_app(app: OpenAPI, csrf: CSRFProtect) -> None:
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)
        app.register_api(blueprint)

    @app.route("/api/v1/openapi.json", endpoint="openapi")
    @audience("public")
    def document() -> Response:
        return Response(orjson.dumps(app.api_doc), mimetype="application/json")
