"""The bodies and parameters of the finder's part of `/api/v1`, as OpenAPI describes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, RootModel

from app.api.shape import Parameters
from app.finder.criteria import LEAST_RADIUS_KM, LONGEST_TEXT, MOST_MINUTES, MOST_PRICE, MOST_RADIUS_KM

Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    field: str | None = None


class PlacesQuery(Parameters):
    q: Annotated[str, Field(max_length=LONGEST_TEXT, description="The beginning of a place's name, or a ZIP code")]


class Place(BaseModel):
    label: str
    kind: str
    lat: float
    lon: float
    time_zone: str


class SpecialtyBody(BaseModel):
    slug: str
    name: str
    kind: Literal["condition", "technique"]
    synonyms: list[str]


class TherapistsQuery(Parameters):
    """`where`, or `lat` and `lon`. What is left out does not limit the search."""

    where: Text | None = Field(None, description="A ZIP code, town, neighbourhood or address")
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    radius_km: float | None = Field(None, ge=LEAST_RADIUS_KM, le=MOST_RADIUS_KM, allow_inf_nan=False)
    specialty: Text | None = Field(None, description="A slug of `/specialties`, or a person's own words")
    technique: Text | None = Field(None, description="The slug of a technique, besides the specialty")
    minutes: int | None = Field(None, ge=5, le=MOST_MINUTES, multiple_of=5)
    max_price: float | None = Field(None, ge=0, le=MOST_PRICE, allow_inf_nan=False)
    language: str | None = Field(None, max_length=8, description="A BCP 47 primary tag, such as es")
    gender: Literal["female", "male", "other"] | None = None
    home_visit: bool | None = None
    step_free: bool | None = None
    checked: bool | None = Field(None, description="Only licences that were checked with the board")
    from_: str | None = Field(
        None, alias="from", max_length=40, description="The first day at the venue (2026-12-01), or an RFC 3339 instant"
    )
    to: str | None = Field(None, max_length=40, description="The last day, included; or an instant, not included")
    time: str | None = Field(
        None, max_length=20, description="morning, afternoon, evening, or like 18:00-20:00: when a visit may start"
    )
    sort: Literal["distance", "soonest", "price"] | None = None
    limit: int = Field(20, ge=1, le=50)
    cursor: str | None = Field(None, max_length=200, description="`next` of the page before")


class LicenceBody(BaseModel):
    level: Literal["checked", "self_reported", "expired"]
    checked_on: str | None
    how: Literal["board_roster", "admin", "registry", "self"] | None = Field(
        None,
        description="Who says so: the board's list, one of us with the board, the national registry, the therapist",
    )
    board: str
    number: str
    jurisdiction: str


class LocationBody(BaseModel):
    id: int
    town: str
    country: str
    lat: float | None
    lon: float | None
    time_zone: str
    home_visits: bool


class Named(BaseModel):
    slug: str
    name: str
    kind: Literal["condition", "technique"]


class NextService(BaseModel):
    """The service and the location of the next times, as `POST /bookings` takes them."""

    id: int
    location: int
    minutes: int
    price: float | None


class Result(BaseModel):
    """`next_times` are RFC 3339 with the venue's offset, of the service that `next_service` names."""

    slug: str
    name: str
    url: str
    credentials: str
    distance_km: float | None
    location: LocationBody
    licence: LicenceBody
    specialties: list[Named]
    languages: list[str]
    minutes: list[int]
    min_price: float | None
    currency: str
    home_visit: bool
    claimed: bool
    booking_mode: Literal["request", "instant", "none"]
    confirmed_on: str | None
    next_times: list[str]
    next_service: NextService | None


class Results(BaseModel):
    """`total` is exact unless `total_is_capped`. `next` is the cursor of the next page, or null."""

    place: Place
    alternatives: list[Place]
    note: str | None
    specialty: Named | None
    total: int
    total_is_capped: bool
    results: list[Result]
    next: str | None


class SlugPath(BaseModel):
    slug: Annotated[str, Field(max_length=80)]


class ServiceBody(BaseModel):
    id: int
    name: str
    description: str
    minutes: int
    price: float | None
    home_visit: bool


class TherapistBody(BaseModel):
    slug: str
    name: str
    url: str
    credentials: str
    bio: str
    gender: Literal["female", "male", "other"] | None
    languages: list[str]
    licence: LicenceBody | None
    locations: list[LocationBody]
    services: list[ServiceBody]
    specialties: list[Named]
    currency: str
    claimed: bool
    booking_mode: Literal["request", "instant", "none"]
    confirmed_on: str | None


PROBLEM: dict[str, Any] = {
    "description": "What was wrong",
    "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
}


class Places(RootModel[list[Place]]):
    pass


class Specialties(RootModel[list[SpecialtyBody]]):
    pass
