"""The JSON door, `/api/v1`: OpenAPI 3.1, errors as `application/problem+json`, no cookies, so no CSRF token."""

from flask_openapi import APIBlueprint, OpenAPI
from flask_wtf.csrf import CSRFProtect

from app.api.articles import articles_api
from app.doors.audience import declare_endpoints

BLUEPRINTS: tuple[APIBlueprint, ...] = (articles_api,)


def init_app(app: OpenAPI, csrf: CSRFProtect) -> None:
    for blueprint in BLUEPRINTS:
        csrf.exempt(blueprint)
        app.register_api(blueprint)
    documents = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("openapi")]
    declare_endpoints(app, {"public"}, documents)
