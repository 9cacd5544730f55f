"""Leaflet and the base map come from this site."""

import pytest
from flask.testing import FlaskClient

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("name", ["leaflet.js", "leaflet.css", "leaflet.markercluster.js", "MarkerCluster.css"])
def test_the_map_library_is_served_and_kept(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/vendor/leaflet/{name}")
    assert answer.status_code == 200
    assert answer.cache_control.max_age >= 30 * 24 * 3600


@pytest.mark.parametrize("name", ["leaflet-src.js", "../__init__.py", "%2e%2e/__init__.py", "images/../leaflet.js"])
def test_nothing_else_is(client: FlaskClient, name: str) -> None:
    assert client.get(f"/vendor/leaflet/{name}").status_code == 404


def test_tiles_count_from_the_north(client: FlaskClient) -> None:
    """At zoom 2 the Arctic's row is open water and ice, the Antarctic's last row is not the same picture."""
    north, south = client.get("/tiles/2/2/0.png"), client.get("/tiles/2/2/3.png")
    assert north.data.startswith(PNG)
    assert south.data.startswith(PNG)
    assert north.data != south.data
    assert north.cache_control.max_age >= 30 * 24 * 3600


@pytest.mark.parametrize("place", ["7/0/0", "2/4/0", "2/0/4", "0/-1/0", "60/0/0", "99999999999/0/0"])
def test_a_tile_that_cannot_be_is_not_found(client: FlaskClient, place: str) -> None:
    assert client.get(f"/tiles/{place}.png").status_code == 404
