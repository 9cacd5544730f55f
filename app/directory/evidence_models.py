"""What shows that a licence is real, or that a page is somebody's: a file that was handed in, sealed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime


class LicenceEvidence(Base):
    """One file beside a licence or a claim. `content` is base64: a PDF as it came, or a picture that was drawn anew.

    `handed_in_by` is an actor (`app.accounts.actors`). `looked_at` is when an admin decided with it at hand; until then
    it brings its licence into their queue.
    """

    __tablename__ = "licence_evidence"
    __table_args__ = (CheckConstraint("(licence_id IS NULL) <> (claim_id IS NULL)", name="one_subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    licence_id: Mapped[int | None] = mapped_column(ForeignKey("licence.id", ondelete="CASCADE"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    content: Mapped[str] = mapped_column(EncryptedText, deferred=True)
    handed_in_by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
