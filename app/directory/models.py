"""The tables of the directory: therapists, licences, locations, services, what they work on and which languages they speak."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.database import Base, UtcDateTime


class Therapist(Base):
    """A person with one or more licences. `claimed` is False for one that was imported and is not yet theirs.

    `booking_mode`: request (accepted by hand), instant, or none (by phone only). `confirmed_on` is the day the
    therapist, or the import, last said that the listing is right. `version` guards against lost updates. `user_id` is
    the account that runs the practice: nobody else may act for it.
    """

    __tablename__ = "therapist"
    __table_args__ = (
        CheckConstraint("booking_mode IN ('request', 'instant', 'none')", name="booking_mode"),
        CheckConstraint("gender IS NULL OR gender IN ('female', 'male', 'other')", name="gender"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True, index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    npi: Mapped[str | None] = mapped_column(String(10), unique=True)
    first_name: Mapped[str] = mapped_column(String(80), default="")
    last_name: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(160))
    credentials: Mapped[str] = mapped_column(String(80), default="")
    gender: Mapped[str | None] = mapped_column(String(8))
    bio: Mapped[str] = mapped_column(Text, default="")
    photo: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(String(254))
    website: Mapped[str | None] = mapped_column(String(300))
    practising_since: Mapped[int | None]
    origin: Mapped[str] = mapped_column(String(12), default="self")
    claimed: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    registry_active: Mapped[bool] = mapped_column(default=True)
    registry_updated_on: Mapped[date | None]
    booking_mode: Mapped[str] = mapped_column(String(8), default="none")
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    confirmed_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column(default=1)

    licences: Mapped[list["Licence"]] = relationship(back_populates="therapist", cascade="all, delete-orphan")
    locations: Mapped[list["Location"]] = relationship(
        back_populates="therapist", cascade="all, delete-orphan", order_by="Location.id"
    )
    services: Mapped[list["Service"]] = relationship(
        back_populates="therapist", cascade="all, delete-orphan", order_by="Service.position, Service.id"
    )
    specialties: Mapped[list["TherapistSpecialty"]] = relationship(cascade="all, delete-orphan")
    languages: Mapped[list["TherapistLanguage"]] = relationship(cascade="all, delete-orphan")


class Licence(Base):
    """One credential in one jurisdiction. `number_key` and `name_key` are what rosters are matched on."""

    __tablename__ = "licence"
    __table_args__ = (
        UniqueConstraint("therapist_id", "jurisdiction", "number"),
        Index("ix_licence_match", "jurisdiction", "number_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"))
    jurisdiction: Mapped[str] = mapped_column(String(6))
    number: Mapped[str] = mapped_column(String(40))
    number_key: Mapped[str] = mapped_column(String(40))
    name_key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(80), default="massage therapist")
    issuer: Mapped[str] = mapped_column(String(120), default="")
    status: Mapped[str] = mapped_column(String(20), default="unknown")
    status_raw: Mapped[str] = mapped_column(String(200), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    checked_how: Mapped[str] = mapped_column(String(16))
    checked_on: Mapped[date | None]

    therapist: Mapped[Therapist] = relationship(back_populates="licences")
    events: Mapped[list["LicenceEvent"]] = relationship(cascade="all, delete-orphan", order_by="LicenceEvent.id")


class LicenceEvent(Base):
    """The append-only history of a licence: what changed, when, by whom or which file, and the board's raw words."""

    __tablename__ = "licence_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor: Mapped[str] = mapped_column(String(120))
    old_status: Mapped[str | None] = mapped_column(String(20))
    new_status: Mapped[str] = mapped_column(String(20))
    expires_on: Mapped[date | None]
    checked_how: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(String(300), default="")


class Location(Base):
    """An address where a therapist works (`kind` practice), or the centre and radius of home visits (`home_visits`).

    `region` is the second part of ISO 3166-2 (TX); `lat`/`lon` are None while the address cannot be placed, and such a
    location is not listed. `source_key` makes imports repeatable. Access details are None where nobody has said.
    """

    __tablename__ = "location"
    __table_args__ = (
        UniqueConstraint("therapist_id", "source_key"),
        CheckConstraint("kind IN ('practice', 'home_visits')", name="kind"),
        CheckConstraint("lat IS NULL OR (lat BETWEEN -90 AND 90)", name="lat"),
        CheckConstraint("lon IS NULL OR (lon BETWEEN -180 AND 180)", name="lon"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="practice")
    source_key: Mapped[str | None] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(120), default="")
    street: Mapped[str] = mapped_column(String(120), default="")
    unit: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    region: Mapped[str] = mapped_column(String(40), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="US")
    phone: Mapped[str | None] = mapped_column(String(32))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    time_zone: Mapped[str] = mapped_column(String(40), default="UTC")
    radius_km: Mapped[float | None]
    address_public: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    steps: Mapped[int | None]
    parking: Mapped[str | None] = mapped_column(String(120))
    side_lying: Mapped[bool | None]
    table_height: Mapped[str | None] = mapped_column(String(60))
    access_note: Mapped[str] = mapped_column(String(300), default="")

    therapist: Mapped[Therapist] = relationship(back_populates="locations")

    @property
    def jurisdiction(self) -> str:
        """ISO 3166-2 of the place, such as US-TX: the licence must be from here."""
        return f"{self.country}-{self.region}"


class Service(Base):
    """A bookable treatment. Minutes are whole quanta; `price_cents` is in the therapist's currency, None when unsaid."""

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 480 AND minutes % 5 = 0", name="minutes"),
        CheckConstraint("buffer_before BETWEEN 0 AND 240 AND buffer_before % 5 = 0", name="buffer_before"),
        CheckConstraint("buffer_after BETWEEN 0 AND 240 AND buffer_after % 5 = 0", name="buffer_after"),
        CheckConstraint("price_cents IS NULL OR price_cents >= 0", name="price_cents"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    minutes: Mapped[int]
    price_cents: Mapped[int | None]
    buffer_before: Mapped[int] = mapped_column(default=0)
    buffer_after: Mapped[int] = mapped_column(default=0)
    home_visit: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int] = mapped_column(default=0)

    therapist: Mapped[Therapist] = relationship(back_populates="services")


class TherapistSpecialty(Base):
    """`specialty_id` is from the catalogue in the code; `years` of experience with it, where said."""

    __tablename__ = "therapist_specialty"

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True)
    specialty_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    years: Mapped[int | None]


class TherapistLanguage(Base):
    """`language` is a BCP 47 primary tag such as `es`."""

    __tablename__ = "therapist_language"

    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
