"""Pages that belong to no feature."""

from flask import Blueprint, current_app, render_template

from app.articles import queries as articles
from app.core.clock import now
from app.directory.counts import LicenceCounts, licence_counts
from app.doors.audience import audience
from app.doors.database import db

pages = Blueprint("pages", __name__)

FIRST_READING = ("sciatica-and-massage", "when-not-to-have-a-massage", "how-to-choose-a-massage-therapist")
KEPT_SECONDS = 600
"""The licence counts change by imports, a few times a day."""


@pages.get("/")
@audience("public")
def home() -> str:
    reading = {each.slug: each for each in articles.articles(db.session)}
    return render_template(
        "home.html",
        articles=[reading[slug] for slug in FIRST_READING if slug in reading],
        licences=_counts(),
    )


def _counts() -> LicenceCounts | None:
    """The counts, at most ten minutes old; None while there are no licences to speak of."""
    at = now()
    until, counts = current_app.extensions.get("unknot_licence_counts", (0.0, None))
    if counts is None or at.timestamp() > until or current_app.testing:
        counts = licence_counts(db.session, at.date())
        current_app.extensions["unknot_licence_counts"] = (at.timestamp() + KEPT_SECONDS, counts)
    return counts if counts.checked or counts.self_reported else None
