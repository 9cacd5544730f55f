"""The Flask application, without what the libraries would work out anew at each request and mostly for nothing."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask, Request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_openapi import OpenAPI


class Json(DefaultJSONProvider):
    def loads(self, s: str | bytes, **_options: Any) -> Any:
        """Strict: brackets a thousand deep, and halves of characters, which nothing can keep, are no JSON (ValueError)."""
        return orjson.loads(s)


class Incoming(Request):
    @property
    def want_form_data_parsed(self) -> bool:
        """Whether the body can be a form. In JSON none is looked for."""
        return not self.is_json and super().want_form_data_parsed


class Sessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says; without one there is no signature to check."""
        if self.get_cookie_name(app) in request.cookies:
            return super().open_session(app, request)
        return self.session_class()


class Application(OpenAPI):
    json_provider_class = Json
    request_class = Incoming
    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """All views and hooks here are plain functions: none of a request's twenty needs to be asked."""
        return func
