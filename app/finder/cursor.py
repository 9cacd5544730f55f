"""A page's end as opaque text: the sort key of its last result, bound to the search it belongs to. Pure."""

import base64
import binascii
import hashlib

from app.core.errors import Invalid

Key = tuple[int, ...]
_DIGEST = 6


def written(key: Key, search: str) -> str:
    """The cursor after the result with this sort key, for the search that `search` spells out."""
    body = ".".join(str(int(part)) for part in key).encode()
    return base64.urlsafe_b64encode(_digest(body, search) + body).decode().rstrip("=")


def read(text: str, search: str) -> Key:
    """The sort key in a cursor; Invalid for one that is broken or belongs to another search."""
    try:
        if len(text) > 120 or not text.isascii():
            raise ValueError
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        body = raw[_DIGEST:]
        if raw[:_DIGEST] != _digest(body, search):
            raise ValueError
        return tuple(int(part) for part in body.split(b"."))
    except (ValueError, binascii.Error):
        raise Invalid(
            "This cursor is broken or belongs to another search. Begin again without it.",
            field="cursor",
            code="cursor-broken",
        ) from None


def _digest(body: bytes, search: str) -> bytes:
    return hashlib.blake2b(search.encode() + b"\0" + body, digest_size=_DIGEST).digest()
