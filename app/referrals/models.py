"""Doctors, the links they give out, and the answers that come back."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime

ONE_VERIFIED = text("state = 'verified'")


class Doctor(Base):
    """An account that refers. Links work once an admin has verified who it is.

    One NPI can be claimed by several accounts, but verified for one.
    """

    __tablename__ = "doctor"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'verified', 'refused')", name="state"),
        Index("ix_doctor_verified_npi", "npi", unique=True, sqlite_where=ONE_VERIFIED, postgresql_where=ONE_VERIFIED),
        Index("ix_doctor_state", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), unique=True)
    npi: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    practice: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
    weekly_digest: Mapped[bool] = mapped_column(default=True)
    digest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RegistryEntry(Base):
    """What an imported registry file says of a doctor's NPI, for the admin to compare; of nobody else's.

    `standing` is active, deactivated, or absent from a file that holds everybody. `taxonomies` are NUCC codes between
    commas, the primary first. `file_name` and `read_at` are of the file that said so first.
    """

    __tablename__ = "doctor_registry_entry"
    __table_args__ = (CheckConstraint("standing IN ('active', 'deactivated', 'absent')", name="standing"),)

    npi: Mapped[str] = mapped_column(String(10), primary_key=True)
    standing: Mapped[str] = mapped_column(String(11))
    kind: Mapped[str] = mapped_column(String(12), default="")
    name: Mapped[str] = mapped_column(String(160), default="")
    other_name: Mapped[str] = mapped_column(String(160), default="")
    taxonomies: Mapped[str] = mapped_column(String(200), default="")
    as_of: Mapped[date | None]
    file_name: Mapped[str] = mapped_column(String(255), default="")
    read_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Referral(Base):
    """A link. `kind` is personal (for one patient) or standing (for a poster in the waiting room).

    The code is kept as a hash to be found by, and sealed to be printed again. `note` and `cautions` are for the
    therapist, `label` for the doctor alone; all are sealed. `source` is what a FHIR request said of itself, sealed.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("kind IN ('personal', 'standing')", name="kind"),
        CheckConstraint("suggested_visits IS NULL OR suggested_visits BETWEEN 1 AND 30", name="visits"),
        Index("ix_referral_doctor_id_created_at", "doctor_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor.id"))
    kind: Mapped[str] = mapped_column(String(8), default="personal")
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code: Mapped[str] = mapped_column(EncryptedText)
    specialty_id: Mapped[int]
    technique_id: Mapped[int] = mapped_column(default=0)
    place: Mapped[str] = mapped_column(String(120), default="")
    lat: Mapped[float | None] = mapped_column(Double)
    lon: Mapped[float | None] = mapped_column(Double)
    radius_km: Mapped[float] = mapped_column(Double, default=40.0)
    suggested_visits: Mapped[int | None]
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    opened: Mapped[int] = mapped_column(default=0)
    first_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(EncryptedText)
    cautions: Mapped[str | None] = mapped_column(EncryptedText)
    label: Mapped[str | None] = mapped_column(EncryptedText)
    source: Mapped[str | None] = mapped_column(EncryptedText)


class ReferralTherapist(Base):
    """One of a referral's shortlist."""

    __tablename__ = "referral_therapist"
    __table_args__ = {"sqlite_with_rowid": False}

    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True)
    therapist_id: Mapped[int] = mapped_column(
        ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(default=0)


class FavouriteTherapist(Base):
    """Whom a doctor likes to refer to. `note` is the doctor's own, sealed."""

    __tablename__ = "favourite_therapist"
    __table_args__ = {"sqlite_with_rowid": False}

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor.id", ondelete="CASCADE"), primary_key=True)
    therapist_id: Mapped[int] = mapped_column(
        ForeignKey("therapist.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    note: Mapped[str | None] = mapped_column(EncryptedText)


class ReferralDraft(Base):
    """A referral that a doctor has begun, one at a time: the form and the shortlist as sealed JSON."""

    __tablename__ = "referral_draft"

    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor.id", ondelete="CASCADE"), primary_key=True)
    facts: Mapped[str] = mapped_column(EncryptedText)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ReferralTemplate(Base):
    """A form filled in beforehand, such as "acute low back pain, near us". `facts` is sealed JSON."""

    __tablename__ = "referral_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    doctor_id: Mapped[int] = mapped_column(ForeignKey("doctor.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(EncryptedText)
    facts: Mapped[str] = mapped_column(EncryptedText)


class ReferralConsent(Base):
    """The patient lets the doctor know of one visit. Without a row, or once withdrawn, the doctor learns nothing of it."""

    __tablename__ = "referral_consent"
    __table_args__ = {"sqlite_with_rowid": False}

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OutcomeNote(Base):
    """What the therapist tells the doctor after a visit; sealed, and only while the patient agrees."""

    __tablename__ = "outcome_note"
    __table_args__ = {"sqlite_with_rowid": False}

    booking_id: Mapped[int] = mapped_column(
        ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(EncryptedText)


class OutcomeCheck(Base):
    """Two answers of the patient at one moment: pain 0-10 and one thing that is hard to do, sealed as JSON."""

    __tablename__ = "outcome_check"
    __table_args__ = (
        CheckConstraint("moment IN ('before', 'review', 'end')", name="moment"),
        CheckConstraint("shared IN ('nobody', 'therapist', 'both')", name="shared"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    moment: Mapped[str] = mapped_column(String(6))
    answers: Mapped[str] = mapped_column(EncryptedText)
    shared: Mapped[str] = mapped_column(String(9), default="nobody")
