"""All rooms of the administration."""

from app.web.admin import claims, licences, people, upkeep
from app.web.admin.room import admin

__all__ = ["admin", "claims", "licences", "people", "upkeep"]
