"""The doctor's list: page by page, by status, by words of the sealed label, as a table and as totals."""

import csv
import io
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.referrals import queries, services
from app.referrals.queries import letter_box
from app.referrals.statuses import Status
from app.scheduling.models import Booking
from app.scheduling.states import STATES
from app.web.referrals.letter_list import PER_PAGE, STATUSES
from tests.referrals.house import House, doctor_client, refer, verified_doctor
from tests.support.html import problems_of
from tests.support.questions import counted

both = pytest.mark.databases


@pytest.fixture
def doctor_id(app: Flask) -> int:
    return verified_doctor(app)


def labels(page: queries.Page) -> list[str | None]:
    return [each.label for each in page.letters]


@both
def test_paging_neither_drops_nor_repeats_while_referrals_are_made(session: Session, doctor_id: int) -> None:
    at = clock.now()
    same_instant = [f"Chart {n}" for n in range(7)]
    for label in same_instant:
        refer(session, doctor_id, at, label=label)
    seen: list[str | None] = []
    before = None
    for _ in range(4):
        page = queries.letters(session, doctor_id, at, before=before, limit=2)
        seen += labels(page)
        before = page.older
        refer(session, doctor_id, at + timedelta(seconds=1), label="made meanwhile")
    assert seen == same_instant[::-1]
    assert before is None


@both
def test_each_status_finds_what_the_list_says(app: Flask, session: Session) -> None:
    """A shared visit in every state beside one that was declined, and links without one, opened or not, of every age."""
    house = House.make(app, session)
    at = clock.now()
    for age, opened in ((0, 0), (0, 2), (14, 0), (20, 3)):
        refer(session, house.doctor_id, at - timedelta(days=age)).opened = opened
    refer(session, house.doctor_id, kind="standing")
    declined, made = house.booked(session, "declined"), house.booked(session)
    services.give_consent(session, declined.token, at)
    services.give_consent(session, made.token, at)
    met: set[Status] = set()
    for state in sorted(STATES):
        session.get_one(Booking, made.id).state = state
        session.flush()
        said = {each.id: each.status for each in queries.letters(session, house.doctor_id, at).letters}
        del said[queries.standing_link(session, house.doctor_id).id]  # type: ignore[union-attr]
        met |= set(said.values())
        for status in STATUSES:
            found = queries.letters(session, house.doctor_id, at, status=status).letters
            assert {each.id for each in found} == {each for each, word in said.items() if word == status}, (
                state,
                status,
            )
    assert met == set(STATUSES) - {"cancelled"}, "the declined visit is better news than a cancelled one"


def test_a_private_booking_is_found_by_no_status(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    made = house.booked(session, "attended")
    services.give_consent(session, made.token, clock.now())
    services.withdraw_consent(session, made.token, clock.now())
    session.commit()
    found = {each: queries.letters(session, house.doctor_id, clock.now(), status=each).letters for each in STATUSES}
    assert [status for status, letters in found.items() if letters] == ["new"]


@both
def test_words_are_found_in_any_case_and_only_among_ones_own(app: Flask, session: Session, doctor_id: int) -> None:
    other = verified_doctor(app, "other@practice.example", npi="1245319599")
    for label in ("Chart 12, Ávila  knee", "chart 13", "Straße", ""):
        refer(session, doctor_id, label=label)
    refer(session, other, label="Chart 14")
    at = clock.now()
    for words, expected in (
        ("CHART", ["chart 13", "Chart 12, Ávila  knee"]),
        (" ávila knee ", ["Chart 12, Ávila  knee"]),
        ("STRASSE", ["Straße"]),
        ("%", []),
        ("chart 14", []),
    ):
        assert labels(queries.letters(session, doctor_id, at, words=words)) == expected, words


def test_words_are_looked_for_in_so_many_labels_at_a_time(
    session: Session, doctor_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letter_box, "MOST_LABELS", 3)
    for label in ("old one", "a", "b", "c", "one", "d"):
        refer(session, doctor_id, label=label)
    first = queries.letters(session, doctor_id, clock.now(), words="one")
    second = queries.letters(session, doctor_id, clock.now(), words="one", before=first.older)
    third = queries.letters(session, doctor_id, clock.now(), words="one", before=second.older)
    assert [labels(each) for each in (first, second, third)] == [["one"], ["old one"], []]
    assert third.older is None


def test_a_page_of_what_was_found_leads_to_the_next(session: Session, doctor_id: int) -> None:
    for n in range(5):
        refer(session, doctor_id, label=f"Chart {n}")
        refer(session, doctor_id, label="other")
    seen, before = [], None
    for _ in range(3):
        page = queries.letters(session, doctor_id, clock.now(), words="chart", before=before, limit=2)
        seen.append(labels(page))
        before = page.older
    assert seen == [["Chart 4", "Chart 3"], ["Chart 2", "Chart 1"], ["Chart 0"]]
    assert before is None


def test_the_page_turns_and_narrows_and_no_word_of_a_label_is_in_an_address(
    app: Flask, session: Session, doctor_id: int
) -> None:
    doctor = doctor_client(app)
    for n in range(PER_PAGE + 1):
        refer(session, doctor_id, label=f"Chart {n:02}")
    first = doctor.get("/referring/").text
    assert not problems_of(first)
    assert "Chart 00" not in first
    older = doctor.get(re.search(r'href="(/referring/\?before=[^"]+)"', first)[1]).text  # type: ignore[index]
    assert "Chart 00" in older
    assert "Chart 01" not in older
    found = doctor.post("/referring/", data={"words": "chart"}).text
    assert not problems_of(found)
    assert "words=" not in found
    place = re.search(r'name="before" value="([^"]+)"', found)[1]  # type: ignore[index]
    assert "Chart 00" in doctor.post("/referring/", data={"words": "chart", "before": place}).text
    none = doctor.get("/referring/?status=attended").text
    assert "Nothing here fits" in none
    assert not problems_of(none)


@pytest.mark.databases
@pytest.mark.parametrize(
    "asked",
    [
        "before=x", "before=-", "before=1-2-3", "before=" + "9" * 17 + "-1", f"before=9{'0' * 15}-{'9' * 17}", "status=x",
        "words=x", "before=%00",
    ],
)  # fmt: skip
def test_what_cannot_be_meant_shows_the_list(app: Flask, session: Session, doctor_id: int, asked: str) -> None:
    refer(session, doctor_id)
    page = doctor_client(app).get(f"/referring/?{asked}")
    assert page.status_code == 200
    assert "Chart 1204" in page.text


def test_the_number_of_reads_does_not_grow_with_the_list(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    doctor = doctor_client(app)

    def reads() -> list[int]:
        found = []
        for path, data in (("", None), ("?status=requested", None), ("", {"words": "chart"}), ("referrals.csv", None)):
            with counted(app) as seen:
                answer = doctor.post("/referring/", data=data) if data else doctor.get(f"/referring/{path}")
            assert "Chart 1204" in answer.text, path
            found.append(len(seen))
        return found

    shared(session, house)
    reads()
    before = reads()
    for _ in range(3):
        shared(session, house)
        house.referral = refer(session, house.doctor_id)
    shared(session, house)
    assert reads() == before


def shared(session: Session, house: House) -> None:
    services.give_consent(session, house.booked(session).token, clock.now())
    session.commit()


def test_the_table_has_a_line_for_each_and_runs_no_formula(app: Flask, session: Session) -> None:
    house = House.make(app, session, label='=HYPERLINK("http://evil.example")')
    shared(session, house)
    refer(session, house.doctor_id, label="-1+1\tx", kind="standing")
    answer = doctor_client(app).get("/referring/referrals.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=referrals.csv"
    header, standing, personal = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    assert header == ["Made on", "Label", "For", "Status", "Opened", "Visits", "Works until"]
    assert standing[1:5] == ["'-1+1\tx", "Sciatica", "", "0"]
    assert personal[1:5] == ['\'=HYPERLINK("http://evil.example")', "Sciatica", "Requested", "0"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d Testa Sample.*: Requested", personal[5]), personal[5]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", personal[6])


@both
def test_the_months_count_every_link_for_a_patient_however_long_the_list(app: Flask, session: Session) -> None:
    house = House.make(app, session)
    shared(session, house)
    at = clock.now()
    for _ in range(3):
        refer(session, house.doctor_id, at).opened = 1
    refer(session, house.doctor_id, at, kind="standing")
    refer(session, house.doctor_id, at - timedelta(days=400))
    session.commit()
    found = queries.months(session, house.doctor_id, at)
    assert len(found) == 6
    assert all(later.first > earlier.first for earlier, later in pairwise(found))
    totals = [sum(getattr(each, name) for each in found) for name in ("made", "opened", "booked", "attended")]
    assert totals == [4, 3, 1, 0]
