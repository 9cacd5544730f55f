"""Sign-ins to try every room with; development only."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.accounts import authenticator, queries, services
from app.accounts.guarded import GUARDED
from app.accounts.models import User
from app.accounts.roles import ROLES

PASSWORD = "unknot demo, not for real"  # noqa: S105
"""No secret: it opens fictional people in development."""
AT = "@demo.example"


def make_people(session: Session, password_hash: str, data_keys: Sequence[str]) -> list[str]:
    """patient@demo.example, therapist@demo.example and so on, one a role; returns all their addresses.

    Those whose rooms need a second factor have one; in development the page that asks for its code shows it.
    """
    addresses = []
    for role in ROLES:
        address = f"{role}{AT}"
        user = queries.user_by_email(session, address)
        if user is None:
            user = services.make_confirmed_user(
                session, address, password_hash, ("patient", role), f"Demo {role.title()}"
            )
        if role in GUARDED and not user.has_second_factor:
            user.tf_primary_method = "authenticator"
            user.tf_totp_secret = authenticator.new_key(authenticator.factory(data_keys))
        addresses.append(address)
    return addresses


def code_now(user: User, data_keys: Sequence[str]) -> str | None:
    """The code that a demo account's app would show next; None for everybody else."""
    if not user.email.endswith(AT) or not user.tf_totp_secret:
        return None
    app = authenticator.factory(data_keys).from_source(user.tf_totp_secret)
    shown = app.generate()
    used = user.tf_last_counter is not None and shown.counter <= user.tf_last_counter
    return str(app.generate(time=shown.expire_time).token if used else shown.token)
