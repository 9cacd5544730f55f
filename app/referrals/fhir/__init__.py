"""FHIR R4 in and out: a ServiceRequest fills in a referral; the outcome goes back as ServiceRequest and Task. Pure."""

from app.referrals.fhir.parsing import MOST_BYTES
from app.referrals.fhir.reading import Imported, Known, Unknown, read
from app.referrals.fhir.writing import Outcome, write

__all__ = ["MOST_BYTES", "Imported", "Known", "Outcome", "Unknown", "read", "write"]
