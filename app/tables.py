"""Every table, imported so that migrations and tests see the whole schema through `Base.metadata`."""

# ruff: noqa: F401
import app.accounts.admin_models
import app.accounts.models
import app.articles.models
import app.directory.claim_models
import app.directory.evidence_models
import app.directory.imports.models
import app.directory.listing_models
import app.directory.models
import app.notifications.models
import app.places.models
import app.referrals.models
import app.scheduling.models
from app.core.database import Base

__all__ = ["Base"]
