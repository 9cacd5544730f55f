"""What a doctor sees beside therapists everywhere: buttons for the list of the referral that was begun, and favourites.

Nothing of it stands in an address, and nobody but doctors costs a query.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request

from app.accounts.roles import DOCTOR
from app.core.clock import now
from app.doors.caller import roles_of_caller, signed_in_user
from app.doors.database import db
from app.referrals import queries
from app.referrals.queries import Chosen


@dataclass(frozen=True, slots=True)
class Picking:
    """`begun`: a referral is begun, so there is a list. `back`: where a button leads back to."""

    begun: bool
    shortlist: list[Chosen]
    favourites: list[Chosen]
    back: str

    def is_chosen(self, slug: str) -> bool:
        return any(each.slug == slug for each in self.shortlist)

    def is_favourite(self, slug: str) -> bool:
        return any(each.slug == slug for each in self.favourites)


def picking() -> Picking | None:
    """For a doctor; None for everybody else."""
    if not has_request_context() or DOCTOR not in roles_of_caller():
        return None
    if "picking" not in g:
        g.picking = _picking()
    known: Picking | None = g.picking
    return known


def _picking() -> Picking | None:
    doctor = queries.doctor_of(db.session, signed_in_user().id)
    if doctor is None:
        return None
    begun = queries.draft_of(db.session, doctor.id, now())
    shortlist: list[Chosen] = queries.chosen(db.session, begun[0].shortlist) if begun else []
    back: Any = request.full_path.rstrip("?") if request.method == "GET" else request.path
    return Picking(begun is not None, shortlist, queries.favourites(db.session, doctor.id), back)


def init_app(app: Flask) -> None:
    app.add_template_global(picking)
