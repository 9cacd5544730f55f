"""`/visits/<token>`: the stable page of one visit."""

from app.web.scheduling.visit import confirming, moving, views  # noqa: F401 - they put their routes on the blueprint
from app.web.scheduling.visit.blueprint import visits

__all__ = ["visits"]
