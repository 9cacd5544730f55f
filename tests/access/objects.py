"""What the arguments in addresses stand for: one line here for each new kind of object.

A maker gets a session and the owner's user id, and returns the value that goes into the address. The test makes one
object for the caller and one for somebody else. Name it `endpoint:argument`, `blueprint:argument` or `argument`;
the most exact name counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.accounts.actors import actor
from app.accounts.models import SignIn, User
from app.accounts.roles import THERAPIST
from app.core import clock
from app.directory.claim_models import Claim
from app.directory.evidence_models import LicenceEvidence
from app.directory.models import Therapist
from app.directory.services import add_evidence
from app.directory.services.evidence import Fit
from app.scheduling import services as scheduling
from app.scheduling.models import Booking
from app.scheduling.queries import free_times
from app.scheduling.safety import Screening
from app.scheduling.services import BookingRequest, Contact, add_time_off, enter
from app.scheduling.states import Actor
from tests import factories

Make = Callable[[Session, int], str]


@dataclass(frozen=True, slots=True)
class Kind:
    """`own` is for things that only their owner may see; otherwise everybody whom the route lets in may."""

    make: Make
    own: bool = False


def therapist(session: Session, _owner: int) -> str:
    return factories.therapist(session).slug


def device(session: Session, owner: int) -> str:
    accounts.begin_sign_in(session, owner, "Another device")
    session.flush()
    newest = session.scalars(select(SignIn.id).where(SignIn.user_id == owner).order_by(SignIn.id.desc())).first()
    return str(newest)


def calendar(session: Session, owner: int) -> str:
    return str(scheduling.add_calendar(session, practice(session, owner).id, "Private", None, clock.now()).id)


def practice(session: Session, owner: int) -> Therapist:
    """The owner's practice. Everybody who is a therapist has one, so that they ask as somebody who could."""
    for user in session.scalars(select(User).where(User.roles.any(name=THERAPIST))):
        factories.practice(session, user.id)
    return factories.practice(session, owner)


def visit(session: Session, owner: int) -> str:
    one = practice(session, owner)
    known = session.scalars(select(Booking.id).where(Booking.therapist_id == one.id)).first()
    if known is None:
        at = clock.now()
        service, place = one.services[0].id, one.locations[0].id
        free = free_times(session, service, at, at + timedelta(days=7), at)[0]
        person = Contact("Pat Example", "pat@example.test")
        request = BookingRequest(service, place, free.starts_at, person, Screening({}), verified=True)
        known = enter(session, request, Actor("therapist", one.id), at).id
    return str(known)


def time_off(session: Session, owner: int) -> str:
    starts = clock.now() + timedelta(days=30)
    return str(add_time_off(session, practice(session, owner).id, starts, starts + timedelta(hours=1), starts)[0])


def claim(session: Session, owner: int) -> str:
    page = factories.therapist(session, claimed=False)
    row = Claim(therapist_id=page.id, user_id=owner, state="waiting")
    session.add(row)
    session.flush()
    return str(row.id)


def licence(session: Session, _owner: int) -> str:
    return str(factories.therapist(session).licences[0].id)


def evidence(session: Session, owner: int) -> str:
    """A picture that the owner handed in beside their licence."""
    one, by = practice(session, owner).licences[0], actor(THERAPIST, owner)
    known = session.scalars(select(LicenceEvidence.id).where(LicenceEvidence.licence_id == one.id)).first()
    return str(known or add_evidence(session, one.id, Fit("application/pdf", b"%PDF-1.7"), by).id)


def always(value: str) -> Kind:
    """A thing that is there without being made, or (a bad token) never there."""
    return Kind(lambda _session, _owner: value)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "slug": Kind(therapist),
        "admin:licence_id": Kind(licence),
        "admin:word": always("grant"),
        "admin.decide_doctor:word": always("verify"),
        "admin.set_role:word": always("give"),
        "admin.set_active:word": always("open"),
        **{f"admin:{each}_id": always("1") for each in ("claim", "doctor", "evidence", "message", "report", "user")},
        "calendar_id": Kind(calendar, own=True),
        "articles:slug": always("sciatica-and-massage"),
        "guides.condition:slug": always("sciatica"),
        "guides.technique:slug": always("myofascial-release"),
        "sign_in_id": Kind(device, own=True),
        "practice:booking_id": Kind(visit, own=True),
        "service_id": Kind(lambda session, owner: str(practice(session, owner).services[0].id), own=True),
        "location_id": Kind(lambda session, owner: str(practice(session, owner).locations[0].id), own=True),
        "licence_id": Kind(lambda session, owner: str(practice(session, owner).licences[0].id), own=True),
        "practice:evidence_id": Kind(evidence, own=True),
        "time_off_id": Kind(time_off, own=True),
        "claim_id": Kind(claim, own=True),
        "practice:day": always("2027-01-04"),
        "media:name": always("a" * 40 + ".jpg"),
        "external_id": always("1"),
        "security:token": always("not-a-token"),
        # An unguessable link is its own permission; here one that leads nowhere.
        "token": always("A" * 27),
        "key": always("B" * 27),
        "number": always("1"),
        # Referrals, visits, doctors by number: here numbers that nobody has; tests/referrals asks with others' own.
        "referral_id": always("999999"),
        "template_id": always("999999"),
        "therapist_id": always("999999"),
        "doctor_id": always("999999"),
        "booking_id": always("999999"),
        "code": always("C" * 27),
        "status": always("404"),
        "edition": always("e0123456789"),
        "filename": always("css/tokens.css"),
        "security.static:filename": always("js/base64.js"),
        "name": always("leaflet.js"),
        "z": always("0"),
        "x": always("0"),
        "y": always("0"),
    }
)


def kind_of(endpoint: str, argument: str) -> Kind | None:
    names = (f"{endpoint}:{argument}", f"{endpoint.split('.', maxsplit=1)[0]}:{argument}", argument)
    return next((KINDS[name] for name in names if name in KINDS), None)
