"""A gazetteer of some sixty real towns, small enough to read."""

from sqlalchemy.orm import Session

from app.places import names, services
from app.places.rows import HOME, Row, weight

STATES = {
    ("US", "TX"): "Texas", ("US", "WA"): "Washington", ("US", "OR"): "Oregon", ("US", "ME"): "Maine",
    ("US", "MA"): "Massachusetts", ("US", "MO"): "Missouri", ("US", "IL"): "Illinois", ("US", "NY"): "New York",
    ("US", "CA"): "California", ("US", "NV"): "Nevada", ("US", "NM"): "New Mexico", ("US", "DC"): "District of Columbia",
    ("US", "NC"): "North Carolina", ("US", "FL"): "Florida", ("US", "AZ"): "Arizona", ("US", "GA"): "Georgia",
    ("US", "LA"): "Louisiana", ("US", "IN"): "Indiana", ("US", "MN"): "Minnesota", ("US", "OH"): "Ohio",
    ("US", "VT"): "Vermont", ("US", "VA"): "Virginia", ("US", "NJ"): "New Jersey",
    ("CA", "ON"): "Ontario", ("CA", "BC"): "British Columbia", ("CA", "QC"): "Quebec",
}  # fmt: skip
COUNTRIES = {
    "US": ("United States", "usa", "us"), "CA": ("Canada",), "GB": ("United Kingdom", "uk", "england"),
    "FR": ("France",), "DE": ("Germany",), "AU": ("Australia",), "CH": ("Switzerland",), "MX": ("Mexico",),
    "GE": ("Georgia",),
}  # fmt: skip
TOWNS = (
    ("Austin", "TX", "US", 30.267, -97.743, 961_855, "atx"),
    ("Austin", "MN", "US", 43.667, -92.975, 25_233, ""),
    ("Paris", "TX", "US", 33.661, -95.556, 24_171, ""),
    ("Paris", "", "FR", 48.853, 2.349, 2_138_551, "paname"),
    ("Seattle", "WA", "US", 47.606, -122.332, 737_015, ""),
    ("Spokane", "WA", "US", 47.660, -117.429, 228_989, ""),
    ("Vancouver", "WA", "US", 45.639, -122.662, 190_915, ""),
    ("Vancouver", "BC", "CA", 49.250, -123.119, 662_248, ""),
    ("Mount Vernon", "WA", "US", 48.421, -122.334, 35_219, ""),
    ("Capitol Hill", "WA", "US", 47.623, -122.313, 32_000, ""),
    ("Portland", "OR", "US", 45.523, -122.676, 652_503, ""),
    ("Portland", "ME", "US", 43.657, -70.259, 68_408, ""),
    ("Boston", "MA", "US", 42.358, -71.060, 653_833, "beantown"),
    ("Back Bay", "MA", "US", 42.350, -71.087, 17_577, ""),
    ("South Boston", "MA", "US", 42.333, -71.049, 35_660, ""),
    ("Cambridge", "MA", "US", 42.375, -71.106, 118_403, ""),
    ("Barnstable", "MA", "US", 41.700, -70.300, 48_916, "cape cod"),
    ("Springfield", "MA", "US", 42.101, -72.590, 155_929, ""),
    ("Springfield", "MO", "US", 37.215, -93.298, 169_176, ""),
    ("Springfield", "IL", "US", 39.802, -89.644, 114_394, ""),
    ("Saint Louis", "MO", "US", 38.627, -90.198, 301_578, "stl"),
    ("Kansas City", "MO", "US", 39.100, -94.579, 508_090, ""),
    ("O'Fallon", "MO", "US", 38.811, -90.700, 91_316, ""),
    ("Chicago", "IL", "US", 41.850, -87.650, 2_746_388, ""),
    ("Hyde Park", "IL", "US", 41.794, -87.594, 29_456, ""),
    ("Hyde Park", "MA", "US", 42.256, -71.124, 30_000, ""),
    ("New York City", "NY", "US", 40.714, -74.006, 8_804_190, "new york,nyc,ny"),
    ("Brooklyn", "NY", "US", 40.650, -73.950, 2_736_074, ""),
    ("Park Slope", "NY", "US", 40.670, -73.986, 67_649, ""),
    ("Buffalo", "NY", "US", 42.886, -78.878, 278_349, ""),
    ("Los Angeles", "CA", "US", 34.052, -118.244, 3_898_747, "la"),
    ("Echo Park", "CA", "US", 34.078, -118.261, 43_832, ""),
    ("San Francisco", "CA", "US", 37.775, -122.419, 873_965, "sf"),
    ("Sacramento", "CA", "US", 38.582, -121.494, 524_943, ""),
    ("Las Vegas", "NV", "US", 36.175, -115.137, 641_903, "vegas"),
    ("Las Vegas", "NM", "US", 35.594, -105.224, 13_166, ""),
    ("Albuquerque", "NM", "US", 35.084, -106.651, 564_559, ""),
    ("Washington", "DC", "US", 38.895, -77.036, 689_545, "dc,washington dc"),
    ("Winston-Salem", "NC", "US", 36.100, -80.244, 249_545, ""),
    ("Fort Lauderdale", "FL", "US", 26.122, -80.143, 182_760, ""),
    ("Miami", "FL", "US", 25.774, -80.194, 442_241, ""),
    ("Phoenix", "AZ", "US", 33.448, -112.074, 1_608_139, ""),
    ("Tucson", "AZ", "US", 32.222, -110.926, 542_629, ""),
    ("Bellevue", "WA", "US", 47.610, -122.201, 151_854, ""),
    ("Arlington", "VA", "US", 38.881, -77.105, 233_464, ""),
    ("Arlington", "NJ", "US", 40.788, -74.134, 15_000, ""),
    ("Clarendon", "NJ", "US", 40.787, -74.062, 300, ""),
    ("Georgia", "VT", "US", 44.719, -73.122, 4_818, ""),
    ("Tbilisi", "", "GE", 41.694, 44.834, 1_049_498, ""),
    ("City of Industry", "CA", "US", 34.020, -117.959, 219, ""),
    ("Atlanta", "GA", "US", 33.749, -84.388, 498_715, ""),
    ("Fort Wayne", "IN", "US", 41.131, -85.129, 263_886, ""),
    ("Minneapolis", "MN", "US", 44.980, -93.264, 429_954, ""),
    ("Columbus", "OH", "US", 39.961, -82.999, 905_748, ""),
    ("Columbus", "GA", "US", 32.461, -84.988, 206_922, ""),
    ("Toronto", "ON", "CA", 43.706, -79.399, 2_794_356, ""),
    ("London", "ON", "CA", 42.983, -81.233, 422_324, ""),
    ("London", "", "GB", 51.509, -0.126, 8_961_989, ""),
    ("Québec", "QC", "CA", 46.812, -71.215, 531_902, ""),
    ("Saint-Jérôme", "QC", "CA", 45.780, -74.004, 80_213, ""),
    ("Zürich", "", "CH", 47.367, 8.550, 402_762, ""),
    ("Berlin", "", "DE", 52.524, 13.411, 3_426_354, ""),
    ("Sydney", "", "AU", -33.868, 151.207, 5_231_147, ""),
    ("Mexico City", "", "MX", 19.428, -99.128, 12_294_193, ""),
    ("Bothell West", "WA", "US", 47.805, -122.241, 16_607, ""),
)
ZIPS = (
    ("78704", "Austin", "TX", 30.243, -97.765), ("02139", "Cambridge", "MA", 42.362, -71.102),
    ("98101", "Seattle", "WA", 47.611, -122.336), ("46804", "Fort Wayne", "IN", 41.054, -85.239),
    ("10115", "New York", "NY", 40.811, -73.964),
)  # fmt: skip
POSTCODES = (
    ("m5v", "M5V", "CA", 43.644, -79.389), ("gb sw", "SW", "GB", 51.480, -0.160),
    ("10115", "10115", "DE", 52.532, 13.385), ("2000", "2000", "AU", -33.861, 151.202),
)  # fmt: skip


def town(
    number: int,
    name: str,
    admin1: str,
    country: str,
    lat: float,
    lon: float,
    people: int,
    extra: str = "",
    alias: str = "",
) -> Row:
    own = names.keys(name) | {e for e in extra.split(",") if e}
    label = f"{name}, {admin1}" if country == "US" else f"{name}, {COUNTRIES[country][0]}"
    return Row(
        number, "town", name, label, admin1, country, lat, lon, people, weight(people, country), "Etc/UTC",
        frozenset(own), frozenset({alias} - {""}),
    )  # fmt: skip


def rows() -> list[Row]:
    made: list[Row] = []
    for number, (name, admin1, country, lat, lon, people, extra) in enumerate(TOWNS):
        made.append(town(number + 1, name, admin1, country, lat, lon, people, extra))
    for number, ((country, code), name) in enumerate(STATES.items()):
        keys = frozenset({names.key(name), code.lower()})
        size = int(7_000_000 * 0.05 * HOME[country])
        made.append(Row(1000 + number, "state", name, name, code, country, 0, 0, 7_000_000, size, "Etc/UTC", keys, suggested=False))  # fmt: skip
    for number, (country, spelt) in enumerate(COUNTRIES.items()):
        keys = frozenset({*map(names.key, spelt), country.lower()})
        made.append(Row(2000 + number, "country", spelt[0], spelt[0], "", country, 0, 0, 9_000_000, 450_000, "Etc/UTC", keys, suggested=False))  # fmt: skip
    for number, (code, city, state, lat, lon) in enumerate(ZIPS):
        made.append(Row(3000 + number, "zip", code, f"{city}, {state} {code}", state, "US", lat, lon, 0, 2, "Etc/UTC", frozenset({code})))  # fmt: skip
    for number, (key, code, country, lat, lon) in enumerate(POSTCODES):
        made.append(Row(4000 + number, "postcode", code, f"{code}, {COUNTRIES[country][0]}", "", country, lat, lon, 0, 1, "Etc/UTC", frozenset({key})))  # fmt: skip
    return made


def fill(session: Session) -> None:
    services.replace(session, rows(), "fixture")
    session.commit()
