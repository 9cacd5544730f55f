"""The one mapping from what went wrong to what a caller sees: a page in our voice, or `application/problem+json`."""

import json
from datetime import date, datetime

from flask import Flask, Response, g, make_response, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException

from app.core.errors import DomainError, Forbidden, Invalid
from app.core.logs import logger
from app.doors import security_log
from app.doors.database import db
from app.doors.links import answers_a_form, page_above, page_before
from app.doors.locale import said

log = logger("unknot.errors")
PAGES = frozenset({400, 403, 404, 405, 410, 413, 429, 500, 503})
SECURITY = {403: "not allowed", 429: "too often"}
"""Answers that the security log hears of."""
WAYS = {405: page_above, 413: page_before}
"""Where somebody may go on after such an error."""


def wants_problem() -> bool:
    """Whether the caller came through the JSON door."""
    return request.path.startswith("/api/")


def problem(status: int, code: str, title: str, **members: object) -> Response:
    """An RFC 9457 answer. `code` is the stable last part of `type`."""
    body = {"type": f"/problems/{code}", "title": title, "status": status, "code": code, **members}
    return Response(json.dumps(body, default=_plain), status=status, mimetype="application/problem+json")


def _plain(value: object) -> object:
    """What JSON has no word for: instants in RFC 3339, sets and the like as lists."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def page(status: int, message: str | None = None, again: str | None = None) -> tuple[str, int]:
    """The error page of `status`, with what the person can do next; `again` is an address to open once more."""
    shown = status if status in PAGES else (400 if status < 500 else 500)
    text = render_template(f"errors/{shown}.html", message=message, again=again, request_id=g.get("request_id"))
    return text, status


def invalid_parameters(error: ValidationError) -> Response:
    """Parameters or a body of the JSON door that break their schema."""
    wrong = error.errors(include_url=False, include_context=False, include_input=False)
    names = [".".join(map(str, each["loc"])) or "body" for each in wrong]
    title = "; ".join(f"{name}: {each['msg']}" for name, each in zip(names, wrong, strict=True))
    return problem(422, "invalid-parameter", title, field=names[0] if names else None)


def _domain(error: DomainError) -> Response | tuple[str, int]:
    db.session.rollback()
    if isinstance(error, Forbidden):
        security_log.refused("not allowed", status=error.status, code=error.code)
    if not wants_problem():
        return page(error.status, said(error))
    field = {"field": error.field} if isinstance(error, Invalid) and error.field else {}
    return problem(error.status, error.code, error.message, **field, **error.facts)


def _from_another_sign_in() -> tuple[str, int]:
    """A form whose page was made before this browser signed in or out, or that lost its cookies."""
    words = gettext(
        "Nothing was sent: this page is from before you signed in or out, or it was open too long."
        " Open it again and fill it in once more. If this comes back, allow cookies for this site."
    )
    return page(400, words, again=request.full_path.rstrip("?") if answers_a_form() else None)


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    if isinstance(error, CSRFError) or status in SECURITY:
        security_log.refused(SECURITY.get(status, "form without its token"), status=status)
    if wants_problem():
        code = error.name.lower().replace(" ", "-")
        answer = problem(status, code, error.description or error.name)
    elif isinstance(error, CSRFError):
        answer = make_response(_from_another_sign_in())
    else:
        answer = make_response(page(status, again=WAYS[status]() if status in WAYS else None))
    for name, value in error.get_headers():
        if name in ("Retry-After", "Allow"):
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response | tuple[str, int]:
    log.exception("unexpected", exc_info=error)
    db.session.rollback()
    if wants_problem():
        return problem(500, "internal-server-error", "Something went wrong on our side.")
    return page(500)


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(HTTPException, _http)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)
