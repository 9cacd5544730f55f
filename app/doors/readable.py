"""What no database can keep is turned away at the door: NUL characters, and numbers beyond every row."""

from flask import Flask, abort, request
from werkzeug.datastructures import MultiDict

NUL = "\x00"
HIGHEST_NUMBER = 2**31 - 1
"""Of a row: keys are 32-bit integers in PostgreSQL."""


def init_app(app: Flask) -> None:
    app.before_request(_refuse_what_cannot_be_kept)


def _refuse_what_cannot_be_kept() -> None:
    if any(isinstance(value, int) and value > HIGHEST_NUMBER for value in (request.view_args or {}).values()):
        abort(404)
    if NUL in request.path or _has_nul(request.args) or _has_nul(request.form):
        abort(400)
    if request.is_json and rb"\u0000" in request.get_data(cache=True):
        abort(400)


def _has_nul(sent: MultiDict[str, str]) -> bool:
    return any(NUL in name or NUL in value for name, value in sent.items(multi=True))
