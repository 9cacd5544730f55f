"""Rooms that open from the account page: one line each, shown once the room is built."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import lazy_gettext as _l

from app.accounts.models import User
from app.accounts.roles import ADMIN, DOCTOR, EDITOR, PATIENT, THERAPIST


@dataclass(frozen=True, slots=True)
class Room:
    """`role` is who it is for. Without the role, `start` leads there (None: it is given, not taken)."""

    role: str
    home: str
    name: str
    start: str | None = None
    invitation: str = ""


ROOMS = (
    Room(THERAPIST, "/practice/", _l("My practice"), "/practice/start", _l("I am a massage therapist")),
    Room(DOCTOR, "/referring/", _l("My referrals"), "/referring/start", _l("I am a doctor")),
    Room(EDITOR, "/editing/articles/", _l("Articles elsewhere")),
    Room(ADMIN, "/admin/", _l("Administration")),
    Room(PATIENT, "/visits", _l("My visits")),
)


DAILY = frozenset({THERAPIST, DOCTOR})
"""Who works here day by day, and signs in for that."""


def room_after_sign_in(user: User) -> str | None:
    """The room of somebody with one daily work here; None for those with none, or with two to choose from."""
    homes = [room.home for room in ROOMS if room.role in DAILY & user.role_names]
    return homes[0] if len(homes) == 1 else None


def doors_for(user: User) -> list[tuple[str, str]]:
    """(path, words) of the rooms that are this person's, then of those that can become theirs."""
    built = {rule.rule for rule in current_app.url_map.iter_rules()}
    open_now = [(room.home, room.name) for room in ROOMS if room.role in user.role_names]
    invitations = [(room.start, room.invitation) for room in ROOMS if room.role not in user.role_names and room.start]
    return [(path, str(words)) for path, words in (*open_now, *invitations) if path in built]
