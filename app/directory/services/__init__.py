"""Every change to the directory goes through here; each one leaves the listing right in its own transaction."""

from app.directory.services.licences import LicenceChange, verify_licence, verify_licences
from app.directory.services.listings import refresh_listings

__all__ = ["LicenceChange", "refresh_listings", "verify_licence", "verify_licences"]
