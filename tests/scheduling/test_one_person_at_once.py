"""What one person may have open is counted right although several of their requests are on their way at once."""

from functools import partial

import pytest
from sqlalchemy.orm import Session

from app.core.errors import Forbidden, Invalid
from app.scheduling import services
from app.scheduling.models import VisitsLink
from app.scheduling.services import Contact
from app.scheduling.services.limits import MOST_OPEN_ANYWHERE
from app.scheduling.services.visits_link import MOST_LINKS
from app.scheduling.services.waitlist import MOST_WISHES
from app.scheduling.waiting import Wish
from tests.scheduling.world import MONDAY, World, person
from tests.support.elsewhere import PATIENCE, Elsewhere, waits

pytestmark = pytest.mark.databases("postgresql")


@pytest.mark.parametrize("email", ["pat@example.test", None])
def test_the_last_open_request_is_given_once(session: Session, elsewhere: Elsewhere, email: str | None) -> None:
    """Known by the address; by the telephone too, under another address each time."""

    def contact() -> Contact:
        return person(email=email, phone="+15125550123") if email else person(phone="+15125550123")

    worlds = [World.make(session) for _ in range(MOST_OPEN_ANYWHERE + 1)]
    for world in worlds[:-2]:
        world.requested(contact=contact())
    session.commit()
    one, other = worlds[-2:]
    request, now = other.request(MONDAY, contact=contact(), verified=True), other.now
    one.requested(contact=contact())
    change = elsewhere(services.book, request, now)
    assert waits(change)
    session.commit()
    with pytest.raises(Forbidden) as caught:
        change.result(PATIENCE)
    assert caught.value.code == "too-many-open"


def test_requests_of_two_people_do_not_wait_for_each_other(session: Session, elsewhere: Elsewhere) -> None:
    one, other = World.make(session), World.make(session)
    request, now = other.request(verified=True), other.now
    one.requested()
    assert elsewhere(services.book, request, now).result(PATIENCE).state == "requested"


def test_the_last_place_on_a_waitlist_is_given_once(session: Session, elsewhere: Elsewhere) -> None:
    world, who = World.make(session), person()
    asked = world.service_id, Wish(MONDAY.date(), MONDAY.date()), who, world.now
    join = partial(services.join_waitlist, verified=True)
    for _ in range(MOST_WISHES):
        session.commit()
        join(session, *asked)
    change = elsewhere(join, *asked)
    assert waits(change)
    session.commit()
    with pytest.raises(Invalid) as caught:
        change.result(PATIENCE)
    assert caught.value.code == "too-many-wishes"


def test_the_last_mailed_link_is_sent_once(session: Session, elsewhere: Elsewhere) -> None:
    for _ in range(MOST_LINKS):
        session.commit()
        services.mail_visits_link(session, "pat@example.test", MONDAY)
    change = elsewhere(services.mail_visits_link, "Pat@example.test", MONDAY)
    assert waits(change)
    session.commit()
    change.result(PATIENCE)
    assert session.query(VisitsLink).count() == MOST_LINKS


@pytest.mark.parametrize("most", [1, 3])
def test_the_same_request_twice_at_once_gets_one_answer_also_at_a_limit(
    session: Session, elsewhere: Elsewhere, most: int
) -> None:
    world = World.make(session)
    services.set_scheduling(session, world.therapist_id, {"most_open_requests": most}, world.now)
    session.commit()
    request, now = world.request(MONDAY), world.now
    first = services.book_once(session, "key-1", request, now)
    second = elsewhere(services.book_once, "key-1", request, now)
    assert waits(second)
    session.commit()
    assert second.result(PATIENCE) == first
