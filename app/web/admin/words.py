"""The words of what admins read and choose: roles, what a board says of a licence, and how we know."""

from flask_babel import lazy_gettext as _l

ROLE = {
    "patient": _l("patient"),
    "therapist": _l("therapist"),
    "doctor": _l("doctor"),
    "editor": _l("editor"),
    "admin": _l("admin"),
}
STATUS = {
    "active": _l("active"),
    "active_restricted": _l("active, restricted"),
    "inactive": _l("inactive"),
    "expired": _l("expired"),
    "suspended": _l("suspended"),
    "revoked": _l("revoked"),
    "surrendered": _l("surrendered"),
    "retired": _l("retired"),
    "deceased": _l("deceased"),
    "pending": _l("pending"),
    "unknown": _l("unknown"),
}
HOW = {
    "board_roster": _l("the board's list"),
    "admin": _l("an admin"),
    "registry": _l("the registry"),
    "self": _l("the therapist"),
}
