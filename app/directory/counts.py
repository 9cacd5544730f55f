"""How many licences stand behind the listings, for the page that explains how they are checked."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from app.directory.licences import CHECKED_WITH_BOARD, MAY_PRACTISE
from app.directory.models import Licence


@dataclass(frozen=True, slots=True)
class LicenceCounts:
    """Licences in force: compared with their board's list, and known from the registry or the person alone."""

    checked: int
    self_reported: int


def licence_counts(session: Session, on: date) -> LicenceCounts:
    """One scan of the licences: ask seldom, and keep the answer for a while."""
    with_board = Licence.checked_how.in_(CHECKED_WITH_BOARD) & Licence.checked_on.is_not(None)
    in_force = or_(Licence.expires_on.is_(None), Licence.expires_on >= on)
    checked, every = session.execute(
        select(func.coalesce(func.sum(case((with_board, 1), else_=0)), 0), func.count()).where(
            Licence.status.in_(MAY_PRACTISE), func.trim(Licence.number) != "", in_force
        )
    ).one()
    return LicenceCounts(int(checked), int(every) - int(checked))
