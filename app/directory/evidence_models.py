"""What shows that a licence is real: a letter or a picture that somebody handed in, sealed."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime


class LicenceEvidence(Base):
    """One file beside a licence. `content` is base64: a PDF as it came, or a picture that was drawn anew."""

    __tablename__ = "licence_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    licence_id: Mapped[int] = mapped_column(ForeignKey("licence.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    content: Mapped[str] = mapped_column(EncryptedText)
    handed_in_by: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
