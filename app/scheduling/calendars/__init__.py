"""Other people's calendar files: what they keep busy, and nothing else of them."""

FEED = "calendar-feed"
"""What the secret of a practice's own calendar is for (see `core.tokens`)."""
