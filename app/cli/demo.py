"""`flask demo load`: fictional therapists at real towns, to try the product out and to measure it."""

import click
from flask import current_app
from flask.cli import AppGroup
from flask_security import hash_password
from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from app.accounts.demo import PASSWORD, make_people
from app.accounts.queries import user_by_email
from app.accounts.roles import DOCTOR, THERAPIST
from app.cli.run import report, with_plain_errors
from app.core import clock
from app.directory.demo import services
from app.directory.models import Therapist
from app.directory.queries import own_therapist
from app.doors.database import transaction
from app.referrals.models import Doctor
from app.referrals.services.doctors import DoctorFacts, decide, sign_up
from app.scheduling import demo as hours

EXAMPLE_NPI = "1234567893"
"""The number that explains the check digit everywhere; nobody has it."""

demo = AppGroup("demo", help="Fictional therapists, to try things out.")


@demo.command("load")
@click.option("--therapists", type=int, default=600, show_default=True, help="How many.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same people.")
@click.option("--replace", is_flag=True, help="Put them in the stead of earlier fictional ones; real ones stay.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON document.")
@with_plain_errors
def load(therapists: int, seed: int, replace: bool, as_json: bool) -> None:
    """Make fictional therapists: all of them or, when stopped, none. Needs `places load` first."""
    report(load_people(therapists, seed, replace=replace), as_json=as_json)
    if not as_json:
        for line in sign_ins():
            click.echo(line)


def load_people(therapists: int, seed: int, *, replace: bool = False) -> dict[str, int]:
    """The same for other doors: with a bar on a terminal, in a transaction of its own."""
    with transaction() as session:
        if replace:
            hours.refuse_if_booked(session)
        with _bar(therapists, "making people up") as bar:
            counts = services.load(session, therapists=therapists, seed=seed, replace=replace, progress=bar.update)
        with _bar(therapists, "giving them hours") as bar:
            return counts | hours.load_hours(session, seed=seed, now=clock.now(), progress=bar.update)


def _bar(total: int, words: str) -> tqdm:
    return tqdm(total=total, unit=" people", desc=words, disable=None)


def sign_ins() -> list[str]:
    """Make the demo's sign-ins, in development only; returns lines that say how to use them."""
    settings = current_app.config["SETTINGS"]
    if not settings.development:
        return []
    with transaction() as session:
        addresses = make_people(session, hash_password(PASSWORD), settings.data_keys)
        _open_rooms(session)
    return [
        f"Sign in with the password “{PASSWORD}” as:",
        *(f"  {address}" for address in addresses),
        "admin and editor are asked for a code too: that page shows it, for these demo accounts.",
    ]


def _open_rooms(session: Session) -> None:
    """Give the demo's therapist a fictional practice, and verify its doctor, so that their rooms can be tried."""
    therapist, doctor = (user_by_email(session, f"{role}@demo.example") for role in (THERAPIST, DOCTOR))
    if therapist is None or doctor is None:
        return
    if own_therapist(session, therapist.id) is None:
        free = select(Therapist).where(Therapist.origin == "demo", Therapist.claimed, Therapist.user_id.is_(None))
        page = session.scalars(free.where(Therapist.booking_mode == "request").order_by(Therapist.id).limit(1)).first()
        if page is not None:
            page.user_id, page.email = therapist.id, therapist.email
    if not session.scalar(select(exists().where(Doctor.user_id == doctor.id))):
        made = sign_up(session, doctor.id, DoctorFacts(EXAMPLE_NPI, "Demo Doctor", "Demo Family Practice"), clock.now())
        decide(session, made.id, verified=True, by="demo", reason="fictional", now=clock.now())
