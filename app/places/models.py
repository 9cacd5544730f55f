"""The gazetteer's tables, filled whole by `places load`, and the cache of outside geocoders."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Base, UtcDateTime

NAME_KEY = String(80).with_variant(String(80, collation="C"), "postgresql")
"""Keys compare by code point on every database, so that a prefix is a range of the index."""


class Place(Base):
    """One place. Ids are stable for towns (GeoNames) and ZIPs, not for the rest: never refer to a place by foreign key."""

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_area", "country", "admin1", "weight"),
        Index("ix_place_around", "kind", "band", "lon"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(14))
    """zip, town, neighbourhood, postcode, county, airport, state or country."""
    name: Mapped[str] = mapped_column(String(200))
    label: Mapped[str] = mapped_column(String(240))
    admin1: Mapped[str] = mapped_column(String(8))
    """State or province by its postal or ISO 3166-2 code ("WA", "ON"); empty when there is none."""
    country: Mapped[str] = mapped_column(String(2))
    lat: Mapped[float]
    lon: Mapped[float]
    population: Mapped[int]
    weight: Mapped[int]
    """Importance for ranking: people, more for places at home."""
    time_zone: Mapped[str] = mapped_column(String(48))
    band: Mapped[int] = mapped_column(server_default="0")
    """The strip of latitude that it lies in (`rows.band_of`)."""


class PlaceKey(Base):
    """A normalised name by which a place is found."""

    __tablename__ = "place_key"
    __table_args__ = (
        Index("ix_place_key_tier", "tier", "key", "weight", "place_id"),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[str] = mapped_column(NAME_KEY, primary_key=True)
    country: Mapped[str] = mapped_column(String(2), primary_key=True)
    admin1: Mapped[str] = mapped_column(String(8), primary_key=True)
    place_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    rank: Mapped[int]
    """Position by weight among the places with this key, 0 the weightiest."""
    weight: Mapped[int]
    tier: Mapped[int]
    """Order of magnitude of the weight, so that typeahead reads the few great places first; -1 is never suggested."""
    primary: Mapped[bool]
    """Whether the key is the place's own name, not an alias."""


class Misspelling(Base):
    """A stored key with one letter left out, hashed: two spellings one mistake apart share one."""

    __tablename__ = "place_misspelling"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(NAME_KEY, primary_key=True)
    weight: Mapped[int]


class GazetteerEdition(Base):
    """What is loaded: one row."""

    __tablename__ = "place_edition"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(64))
    places: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GeocodeCache(Base):
    """What an outside geocoder said about a text; `answer` is null when it knew nothing."""

    __tablename__ = "geocode_cache"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    query: Mapped[str] = mapped_column(String(200), primary_key=True)
    answer: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class GeocodeTurn(Base):
    """When the next call to an outside geocoder may be made: the rate limit that all processes share."""

    __tablename__ = "geocode_turn"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)
