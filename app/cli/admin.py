"""`admin create EMAIL`: the first administrator, or one more. `admin forget-second-factor EMAIL`: for the one who lost it.
`admin sign-out`: when a device was stolen, or the sessions of all may be."""

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


@admin.command("sign-out")
@click.argument("email", required=False)
@click.option("--everybody", is_flag=True, help="All devices of all accounts.")
@with_plain_errors
def sign_out(email: str | None, everybody: bool) -> None:
    """Sign every device of EMAIL's account out, at its next request."""
    if bool(email) == everybody:
        raise Invalid("Give an address, or --everybody.")
    with transaction() as session:
        user = queries.user_by_email(session, email) if email else None
        if email and user is None:
            raise NotFound("There is no such account.")
        if user is None:
            services.end_everybodys_sign_ins(session)
        else:
            services.end_all_sign_ins(session, user.id)
        note_act(session, f"cli:{getpass.getuser()}", "signed-out", f"user:{user.id}" if user else "user")
    click.echo(f"{email or 'Everybody'} is signed out on every device.")
