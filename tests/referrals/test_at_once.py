"""A button that is pressed twice at once does what it does once, and nobody sees an error."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Conflict
from app.referrals import queries, services
from app.referrals.models import FavouriteTherapist, ReferralConsent
from app.referrals.services import favourites
from tests import factories
from tests.referrals.house import House, verified_doctor
from tests.support.elsewhere import PATIENCE, Elsewhere, waits

pytestmark = pytest.mark.databases("postgresql")


def test_consent_given_twice_is_one_consent(app: Flask, session: Session, elsewhere: Elsewhere) -> None:
    made = House.make(app, session).booked(session)
    services.give_consent(session, made.token, clock.now())
    second = elsewhere(services.give_consent, made.token, clock.now())
    assert waits(second)
    session.commit()
    second.result(PATIENCE)
    assert session.scalars(select(ReferralConsent.booking_id)).all() == [made.id]


def test_a_favourite_added_twice_is_there_once(app: Flask, session: Session, elsewhere: Elsewhere) -> None:
    doctor_id, slug = verified_doctor(app), factories.therapist(session).slug
    session.commit()
    services.add_favourite(session, doctor_id, slug)
    second = elsewhere(services.add_favourite, doctor_id, slug)
    assert waits(second)
    session.commit()
    second.result(PATIENCE)
    assert len(session.scalars(select(FavouriteTherapist.therapist_id)).all()) == 1


def test_the_last_place_on_the_list_is_given_once(
    app: Flask, session: Session, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(favourites, "MOST_FAVOURITES", 1)
    doctor_id, slugs = verified_doctor(app), [factories.therapist(session).slug for _ in range(2)]
    session.commit()
    services.add_favourite(session, doctor_id, slugs[0])
    second = elsewhere(services.add_favourite, doctor_id, slugs[1])
    assert waits(second)
    session.commit()
    with pytest.raises(Conflict):
        second.result(PATIENCE)


def test_two_who_are_chosen_at_once_are_both_on_the_list_that_they_begin(
    app: Flask, session: Session, elsewhere: Elsewhere
) -> None:
    doctor_id, slugs = verified_doctor(app), [factories.therapist(session).slug for _ in range(2)]
    session.commit()
    services.choose(session, doctor_id, slugs[0], clock.now())
    second = elsewhere(services.choose, doctor_id, slugs[1], clock.now())
    assert waits(second)
    session.commit()
    second.result(PATIENCE)
    begun = queries.draft_of(session, doctor_id, clock.now())
    assert begun
    assert [each.slug for each in queries.chosen(session, begun[0].shortlist)] == slugs
