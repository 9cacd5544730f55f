"""Whose page it is: numbers name it, a code or an admin proves it."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.accounts.models import User
from app.core.errors import Conflict, Invalid, NotFound
from app.directory import services
from app.directory.claim_models import Claim
from app.directory.models import Therapist
from app.directory.queries import claimable
from app.directory.roles import may_act, may_claim
from app.directory.services.claims import MOST_STARTS, MOST_TRIES
from app.notifications.models import OutboxMessage
from tests import factories

pytestmark = pytest.mark.databases
NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)
NPI = "1234567893"


@pytest.fixture
def page(session: Session) -> Therapist:
    one = factories.therapist(session, claimed=False, npi=NPI, origin="nppes", booking_mode="none")
    one.licences[0].number = "MT 012345"
    one.email = "board@example.test"
    session.flush()
    return one


@pytest.fixture
def person(session: Session) -> User:
    return accounts.make_confirmed_user(session, "ada@person.example", "unusable", ("patient",))


def claim(session: Session, person: User, page: Therapist, number: str = "mt-12345", npi: str = NPI) -> Claim:
    return services.start_claim(session, person.id, page.id, npi=npi, licence_number=number, now=NOW)


def code(session: Session) -> str:
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "directory.claim_code")).one()
    return str(json.loads(row.facts or "{}")["code"])


def test_the_code_goes_to_the_page_s_own_address_and_gives_the_page(
    session: Session, person: User, page: Therapist
) -> None:
    made = claim(session, person, page)
    assert made.state == "code"
    row = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "directory.claim_code")).one()
    assert json.loads(row.facts or "{}")["to"] == "board@example.test"
    got = services.confirm_claim(session, made.id, person.id, code(session), NOW)
    assert got is not None
    assert (got.user_id, got.claimed) == (person.id, True)
    assert "therapist" in person.role_names
    assert may_act(person.id, got.user_id)


@pytest.mark.parametrize(("number", "npi"), [("99999", NPI), ("mt-12345", "1245319599"), ("", NPI)])
def test_numbers_of_somebody_else_name_nothing(
    session: Session, person: User, page: Therapist, number: str, npi: str
) -> None:
    with pytest.raises(Invalid):
        claim(session, person, page, number, npi)


def test_wrong_codes_are_counted_and_then_it_is_over(session: Session, person: User, page: Therapist) -> None:
    made = claim(session, person, page)
    right = code(session)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(MOST_TRIES):
        assert services.confirm_claim(session, made.id, person.id, wrong, NOW) is None
    with pytest.raises(Conflict):
        services.confirm_claim(session, made.id, person.id, right, NOW)


def test_starting_again_buys_no_more_codes_to_guess(session: Session, person: User, page: Therapist) -> None:
    for _ in range(MOST_STARTS):
        assert claim(session, person, page).state == "code"
    other = accounts.make_confirmed_user(session, "bo@person.example", "unusable", ("patient",))
    for each in (person, other):
        assert claim(session, each, page).state == "waiting"
    later = NOW + timedelta(days=1)
    again = services.start_claim(session, person.id, page.id, npi=NPI, licence_number="mt-12345", now=later)
    assert again.state == "code"
    assert (
        session.scalars(select(Claim.state).where(Claim.user_id == person.id).order_by(Claim.id)).all()[0] == "refused"
    )


def test_wrong_codes_count_for_the_page_not_for_the_claim(session: Session, person: User, page: Therapist) -> None:
    made = [claim(session, person, page)]
    for _ in range(MOST_TRIES):
        services.confirm_claim(session, made[0].id, person.id, "wrong", NOW)
    made.append(claim(session, person, page))
    for _ in range(MOST_TRIES):
        services.confirm_claim(session, made[1].id, person.id, "wrong", NOW)
    assert claim(session, person, page).state == "waiting"


def test_a_code_ends_after_half_an_hour_and_is_nobody_else_s(session: Session, person: User, page: Therapist) -> None:
    made = claim(session, person, page)
    other = accounts.make_confirmed_user(session, "bo@person.example", "unusable", ("patient",))
    with pytest.raises(NotFound):
        services.confirm_claim(session, made.id, other.id, code(session), NOW)
    with pytest.raises(Conflict):
        services.confirm_claim(session, made.id, person.id, code(session), NOW + timedelta(minutes=31))


def test_without_an_address_an_admin_decides_and_the_person_is_told(
    session: Session, person: User, page: Therapist
) -> None:
    page.email = None
    made = claim(session, person, page)
    assert made.state == "waiting"
    with pytest.raises(Invalid):
        services.ask_for_decision(session, made.id, person.id, "  ")
    services.ask_for_decision(session, made.id, person.id, "Call me at the studio's number.")
    with pytest.raises(Invalid):
        services.decide_claim(session, made.id, granted=True, by="admin:1", reason="", now=NOW)
    services.decide_claim(session, made.id, granted=True, by="admin:1", reason="Called the board's number", now=NOW)
    assert page.user_id == person.id
    assert session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "directory.claim_decided")).one()
    with pytest.raises(Conflict):
        services.decide_claim(session, made.id, granted=False, by="admin:1", reason="Again", now=NOW)


def test_a_page_has_one_owner_and_an_owner_one_page(session: Session, person: User, page: Therapist) -> None:
    services.become_therapist(session, person.id, {"last_name": "Sample"})
    with pytest.raises(Conflict):
        claim(session, person, page)
    with pytest.raises(Conflict):
        services.become_therapist(session, person.id, {"last_name": "Sample"})


def test_pages_are_found_by_name_in_parts_or_by_npi(session: Session, page: Therapist) -> None:
    page.first_name, page.last_name, page.name = "Zoë Ann", "Quillfeather", "Zoë Ann Quillfeather"
    session.flush()
    for text in ("quill", "zoë", "zoë quillfeather", "Quillfeather, Zoë", "ann quillfeather", NPI):
        assert [slug for slug, _, _ in claimable(session, text)] == [page.slug], text
    for text in ("%", "quill_eather", "1000000000", "bob quillfeather"):
        assert not claimable(session, text), text


@pytest.mark.parametrize(
    ("claimed", "owner", "has_own", "allowed"),
    [(False, None, False, True), (True, None, False, False), (False, 7, False, False), (False, None, True, False)],
)
def test_who_may_claim(claimed: bool, owner: int | None, has_own: bool, allowed: bool) -> None:
    assert may_claim(claimed=claimed, owner_id=owner, has_own=has_own) is allowed


def test_the_words_of_both_mails(session: Session, person: User, page: Therapist) -> None:
    from app.directory.emails import RENDERERS
    from app.notifications.messages import Letterhead
    from config import ROOT

    paper = Letterhead("https://unknot.example", "x@unknot.example", ROOT / "templates/mail")
    made = claim(session, person, page)
    facts = {"to": "board@example.test", "code": code(session)}
    mail = RENDERERS["directory.claim_code"](session, facts, paper)
    assert mail
    assert re.search(r"\b\d{6}\b", mail.text)
    services.decide_claim(session, made.id, granted=False, by="admin:1", reason="No answer at the number", now=NOW)
    told = RENDERERS["directory.claim_decided"](session, {"claim": made.id}, paper)
    assert told
    assert (told.to, "No answer at the number" in told.text) == ("ada@person.example", True)
    assert f"https://unknot.example/practice/claims/{made.id}" in told.text, "where one can try again"
