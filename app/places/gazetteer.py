"""The rows of the gazetteer, read from packages that are installed for loading only (docs/decisions say which and why).

GeoNames data is CC BY 4.0, the postcodes ODbL 1.0, the airports and subdivisions MIT.
"""

from collections.abc import Callable

from app.places.airports import airports
from app.places.foreign_postcodes import postcodes
from app.places.regions import areas, regions
from app.places.rows import Row
from app.places.towns import TownIndex, towns
from app.places.us_postal import counties, districts, hamlets, zips


def everything(zone_at: Callable[[float, float], str], progress: Callable[[str], None]) -> list[Row]:
    """All rows; `progress` is told each part as it begins."""
    progress("states and countries")
    known = regions()
    progress("towns")
    rows = list(towns(known))
    index = TownIndex(rows)
    rows.extend(areas(rows, known))
    progress("ZIPs")
    rows.extend(zips(zone_at))
    rows.extend(hamlets(index, zone_at))
    rows.extend(counties(zone_at))
    rows.extend(districts(zone_at))
    progress("postcodes")
    rows.extend(postcodes(index, known, zone_at))
    progress("airports")
    rows.extend(airports(known))
    return rows
