"""Every column of every table beside what a form asks for: none of it is taken."""

from sqlalchemy import select

from app.directory.models import Location, Service, Therapist
from tests.support.columns import every_column, taken
from tests.web.practice.conftest import Practice
from tests.web.practice.test_odd_input import FORMS, things

__all__ = ["things"]
SWITCHES = (Therapist.claimed, Therapist.user_id, Location.active, Location.address_public, Service.active)
LISTS = {"location", "language", "service", "day", "note", "reason", "set", "back"}


def test_no_form_of_the_practice_takes_more_than_it_asks_for(mine: Practice, things: dict[str, str]) -> None:
    before, done = switches(mine), 0
    for path, form in FORMS.items():
        sound = {name: value.format(**things) for name, (_, value) in form.items()}
        answer = mine.post(path.format(**things), **{**every_column(but={*form, *LISTS}), **sound})
        done += answer.status_code in (200, 302, 303)
        assert taken(mine.session) == [], path
    assert done > 10, "most of them were saved"
    assert switches(mine) == before


def switches(mine: Practice) -> list[object]:
    mine.session.rollback()
    return [mine.session.scalars(select(each).order_by(each)).first() for each in SWITCHES]
