"""What no database can keep is dealt with at the door: NUL characters, and numbers beyond every row.

No keyboard types a NUL. What was typed counts without it: nobody loses a form to a slip of some program. JSON that has
one is refused, and with it JSON in UTF-16 or UTF-32, which is full of them and which RFC 8259 §8.1 does not allow.
"""

from flask import Flask, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict

NUL = "\x00"
HIGHEST_NUMBER = 2**31 - 1
"""Of a row: keys are 32-bit integers in PostgreSQL."""
NO_ROW = -1
"""A number that no row has."""


def init_app(app: Flask) -> None:
    app.before_request(_keep_what_can_be_kept)


def row_number(sent: int) -> int:
    """The number to look a row up by: one beyond every row is as unknown as any other that no row has."""
    return sent if sent <= HIGHEST_NUMBER else NO_ROW


def _keep_what_can_be_kept() -> None:
    if any(isinstance(value, int) and value > HIGHEST_NUMBER for value in (request.view_args or {}).values()):
        abort(404)
    if NUL in request.path:
        abort(404)
    if request.is_json and any(each in request.get_data(cache=True) for each in (b"\x00", rb"\u0000")):
        abort(400)
    for part in ("args",) if request.is_json else ("args", "form"):
        sent: MultiDict[str, str] = getattr(request, part)
        if any(NUL in name or NUL in value for name, value in sent.items(multi=True)):
            request.__dict__[part] = _without_nul(sent)


def _without_nul(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    return ImmutableMultiDict(
        [(name.replace(NUL, ""), value.replace(NUL, "")) for name, value in sent.items(multi=True)]
    )
