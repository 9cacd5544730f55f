"""`/therapists/<slug>/book`: the steps from a chosen time to a visit."""

from app.web.scheduling.book import person, sending, steps  # noqa: F401 - they put their routes on the blueprint
from app.web.scheduling.book.blueprint import booking

__all__ = ["booking"]
