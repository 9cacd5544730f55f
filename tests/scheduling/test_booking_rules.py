"""The pure rules of booking, each against an oracle of its own."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.zones import zone
from app.scheduling import deadlines, safety
from app.scheduling.contact import Contact, email_hint, wrong
from app.scheduling.plan import messages
from app.scheduling.safety import QUESTIONS, Screening, answered_again, evaluate, from_facts, to_facts
from app.scheduling.series import occurrences
from app.scheduling.states import ENDED, LIVE, STATES, TRANSITIONS, next_state
from app.scheduling.waiting import Wish, suits
from tests.scheduling.world import CLEAR, MONDAY

moments = st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SILENT = ("attend", "miss", "new_address", "keep_wall_time")
answers = st.fixed_dictionaries({question.id: st.booleans() for question in QUESTIONS})


def test_what_has_ended_stays_ended() -> None:
    assert not [state for (state, _, _) in TRANSITIONS if state in ENDED]


def test_every_state_can_be_reached() -> None:
    assert set(TRANSITIONS.values()) == STATES == LIVE | ENDED
    assert not LIVE & ENDED


def test_only_the_therapist_accepts_declines_and_judges() -> None:
    for action in ("accept", "decline", "attend", "miss"):
        assert {who for (_, each, who) in TRANSITIONS if each == action} == {"therapist"}


def test_a_held_time_is_nobodys_to_accept() -> None:
    assert next_state("held", "accept", "therapist") is None


@pytest.mark.parametrize(("state", "action", "who"), list(TRANSITIONS))
def test_nobody_gets_two_messages_of_one_transition(state, action, who) -> None:  # type: ignore[no-untyped-def]
    told = [recipient for recipient, _ in messages(state, action, who)]
    assert len(told) == len(set(told))
    silent = action in SILENT or (state, action, who) == ("held", "cancel", "patient")
    assert bool(told) != silent, "these are told to nobody"


@given(moments, st.timedeltas(timedelta(minutes=10), timedelta(days=60)), st.integers(1, 72))
def test_the_accept_deadline_is_after_now_and_before_the_visit(now: datetime, ahead: timedelta, hours: int) -> None:
    deadline = deadlines.accept_by(now, now + ahead, hours)
    assert now < deadline < now + ahead
    if ahead >= timedelta(hours=4):
        assert deadline == min(now + timedelta(hours=hours), now + ahead - timedelta(hours=2))


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(hours=4)), st.integers(1, 72))
def test_a_request_for_a_visit_soon_is_answered_by_halfway_to_it(now: datetime, ahead: timedelta, hours: int) -> None:
    deadline = deadlines.accept_by(now, now + ahead, hours)
    assert deadline == min(now + timedelta(hours=hours), now + ahead / 2)


@given(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=60)))
def test_reminders_come_before_the_visit_and_not_at_once(now: datetime, ahead: timedelta) -> None:
    reminders = deadlines.reminders(now, now + ahead)
    assert set(reminders) <= {"24h", "2h"}
    assert (len(reminders) == 2) == (ahead > timedelta(hours=25))
    for at in reminders.values():
        assert now + timedelta(hours=1) < at < now + ahead


@pytest.mark.parametrize("name", ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata"])
@given(first=moments.map(lambda at: at.replace(minute=0, second=0, microsecond=0)), every=st.sampled_from([1, 2]))
def test_a_series_keeps_its_wall_time_and_weekday(name: str, first: datetime, every: int) -> None:
    walls = [each.astimezone(zone(name)) for each in occurrences(first, name, every, 12)]
    for before, after in itertools.pairwise(walls):
        assert (after.date() - before.date()).days == 7 * every
    skipped = [wall for wall in walls if (wall.hour, wall.minute) != (walls[0].hour, walls[0].minute)]
    assert all(_is_after_a_gap(wall) for wall in skipped)


def _is_after_a_gap(wall: datetime) -> bool:
    before = wall.astimezone(UTC) - timedelta(hours=2)
    return before.astimezone(wall.tzinfo).utcoffset() != wall.utcoffset()


def test_nine_o_clock_stays_nine_o_clock() -> None:
    starts = occurrences(MONDAY, "America/Chicago", 1, 3)
    assert [each.hour for each in starts] == [15, 15, 14]


@given(answers)
def test_an_emergency_sign_always_stops(given_answers: dict[str, bool]) -> None:
    found = evaluate(Screening(given_answers, acknowledged=True))
    alarming = any(given_answers[question.id] for question in QUESTIONS if question.group == "emergency")
    assert (found.outcome == "stop") is alarming
    assert found.may_book is not alarming


@given(st.lists(answers, min_size=2, max_size=5))
def test_a_yes_that_became_a_no_is_never_forgotten(rounds: list[dict[str, bool]]) -> None:
    screening = Screening(rounds[0])
    for each in rounds[1:]:
        screening = answered_again(screening, each)
    withdrawn = {name for name in rounds[0] if not rounds[-1][name] and any(each[name] for each in rounds)}
    assert screening.changed == withdrawn


@given(answers, st.sets(st.sampled_from([question.id for question in QUESTIONS])))
def test_a_screening_survives_storage(given_answers: dict[str, bool], changed: set[str]) -> None:
    screening = Screening(given_answers, frozenset(changed), acknowledged=True)
    assert from_facts(to_facts(screening)) == screening


def test_every_question_has_its_own_id_a_source_and_a_day() -> None:
    assert len({question.id for question in QUESTIONS}) == len(QUESTIONS)
    assert all(question.source.name for question in QUESTIONS)
    assert evaluate(CLEAR).outcome == "clear"
    assert safety.CHECKED_ON.year >= 2026


def test_going_on_past_a_doctor_first_sign_is_a_choice_that_is_flagged() -> None:
    signs = {**CLEAR.answers, "fever": True}
    assert evaluate(Screening(signs)).outcome == "choose"
    assert evaluate(Screening(signs, acknowledged=True)).outcome == "flag"


@given(st.integers(0, 127), st.integers(0, 1439), st.integers(1, 1440), moments)
def test_a_wish_is_met_by_day_weekday_and_time(weekdays: int, opens: int, closes: int, wall: datetime) -> None:
    wish = Wish(wall.date(), wall.date(), weekdays, opens, closes)
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
    within = midnight + timedelta(minutes=opens) <= wall < midnight + timedelta(minutes=closes)
    chosen = wall.strftime("%a") in [
        day for number, day in enumerate(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) if weekdays & 2**number
    ]
    assert suits(wish, wall, 1) is (within and chosen)
    assert not suits(Wish(wall.date(), wall.date(), location_id=2), wall, 1)
    assert not suits(Wish(wall.date() + timedelta(days=1), wall.date() + timedelta(days=2)), wall, 1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pat@gmial.com", "pat@gmail.com"),
        ("pat@hotmial.com", "pat@hotmail.com"),
        ("pat@gmail.com", None),
        ("pat@clinic.example", None),
        ("pat", None),
    ],
)
def test_15_a_slip_in_the_address_is_hinted(typed: str, meant: str | None) -> None:
    assert email_hint(typed) == meant


@pytest.mark.parametrize(
    ("email", "phone", "fields"),
    [
        ("pat", "12", ["email", "phone"]),
        ("pat@example.org", "12", ["phone"]),
        ("pat", "(512) 555-0123", ["email"]),
        ("pat@example.org", "(512) 555-0123", []),
        ("", "", []),
    ],
)
def test_a_wrong_address_and_a_wrong_number_are_told_together(email: str, phone: str, fields: list[str]) -> None:
    assert [each.field for each in wrong(Contact("Pat", email, phone), "US")] == fields
