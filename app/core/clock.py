"""The one place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo | None = None) -> date:
    """The present date in `zone`; without one, in UTC."""
    return now().astimezone(zone or UTC).date()
