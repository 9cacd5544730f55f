"""`admin create EMAIL`: the first administrator, or one more. `admin forget-second-factor EMAIL`: for the one who lost it."""

import getpass

import click
from flask.cli import AppGroup
from flask_security import hash_password

from app.accounts import queries, services
from app.accounts.administration import note_act
from app.accounts.passwords import ALONE_MIN, normalise, weakness
from app.accounts.roles import ADMIN, PATIENT
from app.cli.run import with_plain_errors
from app.core.errors import Invalid, NotFound
from app.doors.database import transaction

admin = AppGroup("admin", help="Administrators.")


@admin.command("create")
@click.argument("email")
@click.password_option("--password", help="Asked for when it is not given; from 15 characters on.")
@with_plain_errors
def create(email: str, password: str) -> None:
    """Make EMAIL an administrator: a new account, or the one that has this address already."""
    password = normalise(password)
    with transaction() as session:
        user = queries.user_by_email(session, email)
        if user is None:
            wrong = weakness(password, second_factor=False, about=(email,))
            if wrong:
                raise Invalid(
                    f"that password is {wrong}: use at least {ALONE_MIN} uncommon characters", field="password"
                )
            user = services.make_confirmed_user(session, email, hash_password(password), (PATIENT,))
        services.give_role(session, user, ADMIN)
    click.echo(
        f"{email} is an administrator. Sign in at /account/login; the first visit leads through a second factor."
    )


@admin.command("forget-second-factor")
@click.argument("email")
@with_plain_errors
def forget_second_factor(email: str) -> None:
    """Take codes, recovery codes and passkeys off the account of EMAIL, whose owner lost them all, and sign it out."""
    with transaction() as session:
        user = queries.user_by_email(session, email)
        if user is None:
            raise NotFound("There is no such account.")
        services.take_second_factor_away(session, user)
        note_act(session, f"cli:{getpass.getuser()}", "second-factor-taken", f"user:{user.id}")
    click.echo(f"{email} signs in with the password alone, and sets up a new second factor for the guarded rooms.")
