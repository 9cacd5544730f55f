"""Choosing therapists: the search, the buttons beside people, the favourites."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.directory.models import Therapist
from app.directory.services import refresh_listings
from app.referrals import queries, services
from app.referrals.models import FavouriteTherapist
from tests.factories import therapist
from tests.places import gazetteer
from tests.referrals.choosing import add, on_list
from tests.support.accounts import make_user, sign_in
from tests.support.html import problems_of
from tests.support.questions import counted

pytestmark = pytest.mark.databases
FORM = {"specialty": "sciatica", "technique": "", "where": "Austin, TX", "radius": "25", "days": "90"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("where=Austin, TX", [0, 1, 2, 3]),
        ("where=Austin, TX&name=able", [0, 3]),
        ("name=Able", [0, 3]),
        ("name=ba", [1]),
        ("name=bea b", [1]),
        ("name=baker bea", [1]),
        ("name=nobody", []),
        ("name=%25", []),
        ("name=_", []),
        ("name=cleo ñ", [2]),
        ("where=Austin, TX&radius=5&name=dora", [3]),
    ],
)
def test_therapists_are_found_by_name_by_place_or_both(
    doctor: FlaskClient, town: list[str], query: str, found: list[int]
) -> None:
    page = doctor.get(f"/referring/therapists?{query}").text
    assert not problems_of(page)
    assert [at for at, slug in enumerate(town) if f'id="t-{slug}"' in page] == found


@pytest.mark.parametrize(
    "query", ["where=asdfghjkl", "where=%00&name=%00", "page=-1&where=Austin, TX", "page=x&radius=NaN&where=Austin, TX", "name=" + "x" * 5000]
)  # fmt: skip
def test_nothing_typed_breaks_the_search(doctor: FlaskClient, town: list[str], query: str) -> None:
    page = doctor.get(f"/referring/therapists?{query}")
    assert page.status_code == 200
    assert not problems_of(page.text)


def test_who_does_not_name_the_problem_can_be_shown_too(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    doctor.post("/referring/new", data={**FORM, "go": "choose"})
    assert f'id="t-{town[3]}"' in doctor.get("/referring/therapists?where=Austin, TX&all=1").text
    assert "ciatica" not in doctor.get("/referring/therapists").request.path


def test_pages_neither_drop_nor_repeat(doctor: FlaskClient, session: Session) -> None:
    gazetteer.fill(session)
    people = [therapist(session, lat=30.27 + n / 1000) for n in range(30)]
    refresh_listings(session, [each.id for each in people])
    session.commit()
    for query in ("where=Austin, TX", "name=sample", "where=Austin, TX&name=testa"):
        seen: list[str] = []
        for page in (1, 2, 3):
            seen += re.findall(r'id="t-([a-z0-9-]+)"', doctor.get(f"/referring/therapists?{query}&page={page}").text)
        assert sorted(seen) == sorted(each.slug for each in people), query


def test_the_list_holds_ten(doctor: FlaskClient, session: Session, doctor_id: int) -> None:
    people = [therapist(session) for _ in range(11)]
    refresh_listings(session, [each.id for each in people])
    session.commit()
    for one in people:
        add(doctor, one.slug)
    assert on_list(session, doctor_id) == [each.slug for each in people[:10]]
    assert "Ten are on the list already" in doctor.get("/referring/therapists").text
    add(doctor, people[0].slug, "remove")
    assert len(on_list(session, doctor_id)) == 9


def test_cards_and_profiles_have_buttons_for_doctors_only(
    app: Flask, client: FlaskClient, doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    make_user(app, "pat@person.example")
    patient = app.test_client()
    sign_in(patient, "pat@person.example")
    search, profile = "/therapists?where=Austin,%20TX", f"/therapists/{town[0]}"
    for path in (search, profile):
        for one in (client, patient):
            assert "/referring/shortlist" not in one.get(path).text
            assert "/referring/favourites" not in one.get(path).text
        page = doctor.get(path).text
        assert "Add to my favourites" in page
        assert "Add to the referral" not in page, "nothing is begun"
    doctor.post("/referring/new", data={**FORM, "go": "choose"})
    for path in (search, profile):
        page = doctor.get(path).text
        assert not problems_of(page)
        assert "Add to the referral" in page
        assert f'name="back" value="{path}"' in page
        assert add(doctor, town[0], back=path) == f"{path}#t-{town[0]}"
        assert "On the referral: take off" in doctor.get(path).text
        add(doctor, town[0], "remove")


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "/\\evil", "/referring/../x\r\nSet-Cookie: a", "/account/", ""]
)
def test_a_button_leads_nowhere_else(doctor: FlaskClient, town: list[str], back: str) -> None:
    assert add(doctor, town[0], back=back) == "/referring/favourites"


def test_nobody_unknown_or_hidden_is_chosen(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    hidden = therapist(session, hidden=True)
    session.commit()
    for slug in ("nobody", "", hidden.slug):
        for path in ("/referring/shortlist", "/referring/favourites"):
            assert doctor.post(path, data={"therapist": slug, "go": "add"}).status_code == 404
    assert on_list(session, doctor_id) == []


def test_who_was_hidden_since_can_be_taken_off(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    add(doctor, town[0])
    doctor.post("/referring/favourites", data={"therapist": town[0], "go": "add"})
    session.execute(update(Therapist).where(Therapist.slug == town[0]).values(hidden=True))
    session.commit()
    add(doctor, town[0], "remove")
    assert doctor.post("/referring/favourites", data={"therapist": town[0], "go": "remove"}).status_code == 303
    assert on_list(session, doctor_id) == []
    assert queries.favourites(session, doctor_id) == []


def test_favourites_have_notes_and_are_taken_off(
    doctor: FlaskClient, session: Session, town: list[str], doctor_id: int
) -> None:
    def change(slug: str, go: str, **more: str) -> int:
        data = {"therapist": slug, "go": go, "back": "/referring/favourites", **more}
        return doctor.post("/referring/favourites", data=data).status_code

    assert "Nobody yet" in doctor.get("/referring/favourites").text
    assert [change(slug, "add") for slug in (town[1], town[0], town[0])] == [303] * 3
    assert change(town[1], "note", note="Good with anxious people") == 303
    page = doctor.get("/referring/favourites").text
    assert not problems_of(page)
    assert page.index("Ada Able") < page.index("Bea Baker")
    assert "Good with anxious people" in page
    assert "Good with anxious people" in doctor.get("/referring/new").text, "beside the name, when choosing"
    assert change(town[2], "note", note="not on the list") == 404
    assert change(town[1], "note", note="x" * 301) == 303
    assert "at most 300 letters" in doctor.get("/referring/favourites").text
    assert change(town[1], "remove") == 303
    session.rollback()
    assert session.scalar(select(func.count()).select_from(FavouriteTherapist)) == 1


def test_a_favourites_list_is_full_at_a_hundred(session: Session, doctor_id: int) -> None:
    from app.core.errors import Conflict

    people = [therapist(session) for _ in range(101)]
    for one in people[:100]:
        services.add_favourite(session, doctor_id, one.slug)
    with pytest.raises(Conflict):
        services.add_favourite(session, doctor_id, people[100].slug)
    services.add_favourite(session, doctor_id, people[0].slug)
    assert len(queries.favourites(session, doctor_id)) == 100


def test_a_favourite_who_is_not_listed_is_said(doctor: FlaskClient, session: Session, doctor_id: int) -> None:
    one = therapist(session)
    services.add_favourite(session, doctor_id, one.slug)
    session.commit()
    page = doctor.get("/referring/favourites").text
    assert "Not listed at the moment" in page
    assert one.name in page


def test_the_number_of_reads_does_not_grow_with_the_lists(
    app: Flask, doctor: FlaskClient, session: Session, doctor_id: int
) -> None:
    gazetteer.fill(session)
    people = [therapist(session) for _ in range(8)]
    refresh_listings(session, [each.id for each in people])
    session.commit()
    counts = []
    for part in (people[:1], people[1:]):
        for one in part:
            services.add_favourite(session, doctor_id, one.slug)
            services.choose(session, doctor_id, one.slug, clock.now())
        session.commit()
        for path in (
            "/referring/new",
            "/referring/favourites",
            "/referring/therapists?name=testa",
            "/therapists?where=Austin, TX",
        ):
            doctor.get(path)
            with counted(app) as seen:
                assert doctor.get(path).status_code == 200
            counts.append((path, len(seen)))
    assert counts[:4] == counts[4:], counts
