"""Who says that an imported page is theirs, and what became of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base, UtcDateTime


class Claim(Base):
    """One person's claim to one therapist's page.

    `code`: a code is on its way to the address that the page had before; `waiting`: an admin decides from `evidence`.
    `decided_by` is "code" or the admin.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("state IN ('code', 'waiting', 'granted', 'refused')", name="state"),
        Index("ix_claim_state", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    therapist_id: Mapped[int] = mapped_column(ForeignKey("therapist.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(8))
    npi: Mapped[str] = mapped_column(String(10), default="")
    licence_number: Mapped[str] = mapped_column(String(40), default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_tries: Mapped[int] = mapped_column(default=0)
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(String(300), default="")
