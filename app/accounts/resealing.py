"""Second factors under the newest data key: their columns belong to the sign-in library and are sealed by hand."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.authenticator import factory, sealed_anew
from app.accounts.models import User
from app.core.crypto import rotate


def seal_factors_anew(session: Session, data_keys: Sequence[str]) -> int:
    """Seal every authenticator key and recovery code with the newest key; how many. ValueError when none opens one."""
    made_by, count = factory(data_keys), 0
    query = select(User).where(or_(User.tf_totp_secret.is_not(None), User.mf_recovery_codes.is_not(None)))
    for user in session.scalars(query):
        if user.tf_totp_secret:
            user.tf_totp_secret = sealed_anew(made_by, user.tf_totp_secret)
            count += 1
        codes = user.mf_recovery_codes or []
        if codes:
            user.mf_recovery_codes = [rotate(code.encode()).decode() for code in codes]
            count += len(codes)
    return count
