"""The time zone of a point, offline."""

import tzfpy


def zone_at(lat: float, lon: float) -> str:
    """IANA zone of a point in degrees; at sea its nautical zone ("Etc/GMT+7")."""
    return str(tzfpy.get_tz(lon, lat)) or "Etc/UTC"
