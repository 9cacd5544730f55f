"""The outbox: messages written in the transaction of the change that caused them, delivered later."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.crypto import EncryptedText
from app.core.database import Base, UtcDateTime


class OutboxMessage(Base):
    """One message to one person. `key` makes it once only; `facts` (sealed JSON) are cleared once it is sent.
    `about` is what it is about, such as visit:12, so that it can be withdrawn.

    waiting -> sent | failed | withdrawn. A claim that is not released within minutes (a worker died) lapses.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'withdrawn')", name="state"),
        Index("ix_outbox_message_state_send_after", "state", "send_after"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(60), index=True)
    facts: Mapped[str | None] = mapped_column(EncryptedText)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    send_after: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(300))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
