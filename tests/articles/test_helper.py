"""The three questions never miss a warning sign and never diagnose."""

from hypothesis import given
from hypothesis import strategies as st

from app.articles.helper import SAFETY_ARTICLE, Answers, Direction, Feeling, Since, Where, point
from app.directory.catalogue import BY_SLUG
from tests.articles.samples import ours

ANSWERS = st.builds(
    Answers,
    where=st.sampled_from(Where),
    feelings=st.frozensets(st.sampled_from(Feeling), min_size=1),
    since=st.sampled_from(Since),
)
ARTICLES = {each.facts.slug for each in ours().articles}
NOW_WORDS = {"saddle", "weaker", "sudden", "both-legs", "chest-or-belly"}
TODAY_WORDS = {"weak", "swollen", "unwell", "night", "injury", "worsening"}


@given(ANSWERS)
def test_a_warning_sign_wins_over_everything_else(answers: Answers) -> None:
    """Independent oracle: the words of the warning signs, looked up in all that was said."""
    said = {str(answers.where), str(answers.since), *map(str, answers.feelings)}
    pointer = point(answers)
    if said & NOW_WORDS:
        assert pointer.direction is Direction.EMERGENCY
    elif said & TODAY_WORDS:
        assert pointer.direction is Direction.DOCTOR
    else:
        assert pointer.direction is Direction.READ


@given(ANSWERS)
def test_it_always_leads_to_something_that_exists(answers: Answers) -> None:
    pointer = point(answers)
    assert pointer.article in ARTICLES
    assert pointer.specialty is None or BY_SLUG[pointer.specialty].kind == "condition"


@given(ANSWERS)
def test_nobody_with_a_warning_sign_is_sent_to_a_therapist(answers: Answers) -> None:
    pointer = point(answers)
    if pointer.direction is not Direction.READ:
        assert pointer.specialty is None
        assert pointer.article == SAFETY_ARTICLE


def test_plain_answers_lead_to_the_matching_page() -> None:
    leg = point(Answers(Where.ONE_LEG, frozenset({Feeling.SHARP}), Since.WEEKS))
    assert (leg.specialty, leg.article) == ("sciatica", "sciatica-and-massage")
    neck = point(Answers(Where.NECK, frozenset({Feeling.ACHE, Feeling.TINGLING}), Since.DAYS))
    assert (neck.specialty, neck.article) == ("pinched-nerve", "pinched-nerve-in-the-back")
    back = point(Answers(Where.LOWER_BACK, frozenset({Feeling.ACHE}), Since.MONTHS))
    assert (back.specialty, back.article) == ("lower-back-pain", "massage-in-a-treatment-plan")
