"""The history of imports, for the administrators."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.clock import now
from app.core.database import Base, UtcDateTime


class ImportRun(Base):
    """One import of one file. `kind` is nppes or a jurisdiction such as US-FL; `counts` are rows by outcome.

    `outcome` is running, finished, stopped (by hand; what was committed stays) or failed: of one that
    was killed there is no `finished_at`.
    """

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    file_name: Mapped[str] = mapped_column(String(255))
    actor: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(String(12), default="running")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
