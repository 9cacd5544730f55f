"""Sign-ins to try every room with; development only."""

from sqlalchemy.orm import Session

from app.accounts import queries, services
from app.accounts.roles import ROLES

PASSWORD = "unknot demo, not for real"  # noqa: S105
"""No secret: it opens fictional people in development."""


def make_people(session: Session, password_hash: str) -> list[str]:
    """patient@demo.example, therapist@demo.example and so on, one a role; returns all their addresses."""
    addresses = []
    for role in ROLES:
        address = f"{role}@demo.example"
        if queries.user_by_email(session, address) is None:
            services.make_confirmed_user(session, address, password_hash, ("patient", role), f"Demo {role.title()}")
        addresses.append(address)
    return addresses
