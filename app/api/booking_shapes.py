"""The bodies and parameters of the booking part of `/api/v1`, as OpenAPI describes them. Unknown members are refused."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from app.api.shape import Parameters
from app.doors.readable import row_number
from app.scheduling.safety import VERSION

Id = Annotated[int, Field(ge=1, le=2**53), AfterValidator(row_number)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimesPath(BaseModel):
    slug: Annotated[str, Field(max_length=80)]


class TimesQuery(Parameters):
    """At most 62 days at once; without `from`, from now on; without `to`, 14 days."""

    service: Id = Field(description="The id of one of the therapist's services")
    location: Id | None = Field(None, description="Only there; without it, wherever the service is on offer")
    from_: str | None = Field(
        None, alias="from", max_length=40, description="The first day at the venue (2026-12-01), or an RFC 3339 instant"
    )
    to: str | None = Field(None, max_length=40, description="The last day, included; or an instant, not included")


class TimedService(BaseModel):
    id: int
    name: str
    minutes: int
    price: float | None
    currency: str


class Terms(BaseModel):
    """What one agrees to by booking here. The cut-offs are for the patient; the therapist has none."""

    booking: Literal["request", "instant"] = Field(description="Whether the therapist answers first")
    cancel_cutoff: int = Field(description="Minutes before the visit until which it can be cancelled online")
    reschedule_cutoff: int = Field(description="Minutes before the visit until which it can be moved online")
    accept_hours: int = Field(description="Hours within which the therapist answers a request, at most")


class Time(BaseModel):
    starts_at: datetime = Field(description="With the venue's offset")
    location: int


class Times(BaseModel):
    time_zone: str | None
    service: TimedService
    terms: Terms
    times: list[Time]


class ContactBody(Strict):
    name: Annotated[str, Field(min_length=1, max_length=120)]
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None


class ScreeningBody(Strict):
    """Every question of `GET safety-questions`, answered with true or false."""

    version: Annotated[str, Field(max_length=20)] = VERSION
    answers: Annotated[dict[str, bool], Field(max_length=100)]
    acknowledged: bool = Field(False, description="True to go on although a doctor should be seen first")
    changed: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=100)] = Field(
        [], description="Questions that were first answered yes, and then no: the therapist sees them"
    )


class BookingBody(Strict):
    """Price, minutes and buffers are the service's: nobody sends them."""

    service: Id
    location: Id
    starts_at: AwareDatetime
    contact: ContactBody
    screening: ScreeningBody
    visit_for: Annotated[str, Field(max_length=120)] = Field("", description="Who comes, if it is somebody else")
    address: Annotated[str, Field(max_length=300)] | None = Field(None, description="For home visits")
    note: Annotated[str, Field(max_length=2000)] = ""
    language: Literal["en", "es"] = "en"


class BookedBody(BaseModel):
    """`token` opens `/visits/<token>`; `expires_at` is the deadline of what is not yet sure."""

    token: str
    reference: str
    state: str
    starts_at: datetime
    time_zone: str
    expires_at: datetime | None
    url: str


class VisitBody(BookedBody):
    ends_at: datetime
    therapist: str
    service: str
    minutes: int
    price: float | None
    currency: str
    address: str | None = Field(description="Null until the visit is confirmed, unless the therapist shows it to all")
    asked_for: datetime | None = Field(description="Another time that one side asked for")


class TokenPath(BaseModel):
    token: Annotated[str, Field(max_length=64)]


class CancelBody(Strict):
    scope: Literal["one", "rest", "all"] = Field("one", description="In a series: this one, it and the later ones, all")


class RescheduleBody(Strict):
    starts_at: AwareDatetime
    location: Id


class KeyHeader(Parameters):
    model_config = ConfigDict(populate_by_name=True)

    idempotency_key: Annotated[str, Field(min_length=1, max_length=200)] = Field(alias="Idempotency-Key")


class QuestionBody(BaseModel):
    id: str
    group: Literal["emergency", "doctor_first", "precaution"]
    text: str
    source: str


class QuestionsBody(BaseModel):
    version: str
    checked_on: str
    questions: list[QuestionBody]
