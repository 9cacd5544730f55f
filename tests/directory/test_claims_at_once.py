"""The tries at a claim's code, and the codes of a day, are counted right although several are on their way at once."""

import pytest
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.core.errors import Conflict
from app.directory import services
from app.directory.claim_models import Claim
from app.directory.models import Therapist
from app.directory.services.claims import MOST_STARTS, MOST_TRIES
from tests.directory.test_claims import NOW, NPI, code, page
from tests.support.elsewhere import PATIENCE, Elsewhere, waits

__all__ = ["page"]

pytestmark = pytest.mark.databases("postgresql")


def started(session: Session, number: int, therapist_id: int) -> Claim:
    user = accounts.make_confirmed_user(session, f"ada{number}@person.example", "unusable", ("patient",))
    session.commit()
    return services.start_claim(session, user.id, therapist_id, npi=NPI, licence_number="mt-12345", now=NOW)


def test_no_try_is_won_by_trying_twice_at_once(session: Session, elsewhere: Elsewhere, page: Therapist) -> None:
    made = started(session, 0, page.id)
    right = code(session)
    wrong = "000000" if right != "000000" else "111111"
    session.commit()
    for _ in range(MOST_TRIES):
        assert services.confirm_claim(session, made.id, made.user_id, wrong, NOW) is None
    late = elsewhere(services.confirm_claim, made.id, made.user_id, right, NOW)
    assert waits(late)
    session.commit()
    with pytest.raises(Conflict):
        late.result(PATIENCE)


def test_no_code_is_won_by_asking_at_once(session: Session, elsewhere: Elsewhere, page: Therapist) -> None:
    made = [started(session, number, page.id) for number in range(MOST_STARTS)]
    assert {each.state for each in made} == {"code"}
    other = accounts.make_confirmed_user(session, "late@person.example", "unusable", ("patient",)).id
    session.commit()
    held = services.own_claim(session, made[0].id, made[0].user_id)
    session.get_one(Therapist, page.id, with_for_update=True)
    held.code_tries = MOST_TRIES
    session.flush()

    def state_of_another(own: Session) -> str:
        found = services.start_claim(own, other, page.id, npi=NPI, licence_number="mt-12345", now=NOW)
        return found.state

    late = elsewhere(state_of_another)
    assert waits(late)
    session.commit()
    assert late.result(PATIENCE) == "waiting"
