"""A request id on every response and log line; one line a request, without query strings (they can hold health words)."""

import re
import secrets
import time

import structlog
from flask import Flask, Response, g, request

from app.core.logs import logger

log = logger("unknot.request")
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def known(user_id: int) -> None:
    """Every line of this request says whose it is. Sign-ins are looked at before anything else, and so before `begin`."""
    g.account = user_id


def init_app(app: Flask) -> None:
    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)
        if "account" in g:
            structlog.contextvars.bind_contextvars(user=g.account)

    @app.after_request
    def end(response: Response) -> Response:
        if "request_id" in g:
            response.headers["X-Request-Id"] = g.request_id
            milliseconds = round((time.perf_counter() - g.started) * 1000, 1)
            route = request.url_rule.rule if request.url_rule else "(none)"
            log.info("request", method=request.method, route=route, status=response.status_code, ms=milliseconds)
        return response
