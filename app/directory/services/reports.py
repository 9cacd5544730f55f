"""What visitors report about a listing."""

from sqlalchemy.orm import Session

from app.core.errors import Invalid, NotFound
from app.directory.listing_models import ListingReport
from app.directory.models import Therapist

REASONS: tuple[str, ...] = ("address", "phone", "licence", "gone", "person", "conduct", "other")


def report_listing(session: Session, therapist: Therapist, *, reason: str, words: str, contact: str) -> ListingReport:
    """Keep a report for the people who run the directory; Invalid for an unknown reason."""
    if reason not in REASONS:
        raise Invalid("Choose what is wrong.", field="reason")
    row = ListingReport(therapist_id=therapist.id, reason=reason, words=words[:2000], contact=contact[:254])
    session.add(row)
    session.flush()
    return row


def settle_report(session: Session, report_id: int) -> ListingReport:
    """Somebody has looked after it."""
    row = session.get(ListingReport, report_id)
    if row is None:
        raise NotFound("There is no such report.")
    row.state = "settled"
    return row
