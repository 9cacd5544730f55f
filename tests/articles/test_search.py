"""Full-text search, alike on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.articles import queries, services
from app.articles.fulltext import words_in
from app.articles.models import Article
from tests.articles import samples
from tests.articles.test_services import FACTS

pytestmark = pytest.mark.databases


def found(session: Session, words: str) -> list[str]:
    return [each.slug for each in queries.search(session, words)[0]]


@pytest.fixture
def texts(session: Session) -> Session:
    services.sync(
        session,
        samples.library(
            samples.document("Swimming is calm.[^rest-2020]", slug="title-hit", title="Walking for backs"),
            samples.document("A walk a day.[^rest-2020]", slug="text-hit", title="Another matter"),
            samples.document("Café chairs.[^rest-2020]", slug="chairs", title="Sitting well"),
        ),
    )
    services.add_external(session, FACTS, "editor@example.org")
    return session


def test_stems_match_and_titles_weigh_most(texts: Session) -> None:
    assert found(texts, "walks") == ["title-hit", "text-hit"]


def test_the_beginning_of_a_word_is_enough(texts: Session) -> None:
    assert found(texts, "chai") == ["chairs"]


def test_all_words_are_better_than_any_word(texts: Session) -> None:
    assert found(texts, "walk backs") == ["title-hit"]
    assert set(found(texts, "chairs swimming")) == {"chairs", "title-hit"}


def test_others_are_searched_too_and_dead_ones_are_not_shown(texts: Session) -> None:
    _own, others = queries.search(texts, "calm look")
    assert [each.url for each in others] == [FACTS.url]
    row_id = queries.links_to_check(texts, datetime(2027, 1, 1, tzinfo=UTC), 1)[0][0]
    services.record_check(texts, row_id, 410, datetime(2026, 11, 21, tzinfo=UTC))
    texts.flush()
    assert queries.search(texts, "calm look")[1] == []


def test_the_index_follows_changes_and_removals(texts: Session) -> None:
    services.sync(texts, samples.library(samples.document("Now about bread.[^rest-2020]", slug="chairs")))
    assert found(texts, "chairs") == []
    assert found(texts, "bread") == ["chairs"]
    texts.execute(delete(Article))
    assert found(texts, "bread") == []


@pytest.mark.parametrize(
    "words",
    ["", "   ", '"', "'", "*", "AND OR NOT", "a:b", "(", ")", "^", "NEAR(", "a & | !", "--", "\x00", "%", "☃", "_" * 9],
)
def test_no_typing_breaks_it(texts: Session, words: str) -> None:
    ours, others = queries.search(texts, words)
    assert len(ours) + len(others) <= 40


def test_the_real_articles_are_found_by_what_people_say(session: Session) -> None:
    services.sync(session, samples.ours())
    for words, slug in (
        ("sciatica", "sciatica-and-massage"),
        ("pinched nerve", "pinched-nerve-in-the-back"),
        ("check a license", "how-to-choose-a-massage-therapist"),
        ("blood clot", "when-not-to-have-a-massage"),
        ("ergonomic chair sitting", "keeping-back-pain-away"),
    ):
        assert slug in found(session, words)[:3], words


def test_the_editors_change_is_found_at_once(texts: Session) -> None:
    row_id = queries.links_to_check(texts, datetime(2027, 1, 1, tzinfo=UTC), 1)[0][0]
    services.edit_external(texts, row_id, replace(FACTS, title="Knees and how to mind them"))
    assert [each.title for each in queries.search(texts, "knees")[1]] == ["Knees and how to mind them"]


class TestWords:
    """Pure, so it needs no database."""

    @given(st.text(max_size=200))
    def test_only_letters_and_digits_reach_a_database(self, typed: str) -> None:
        words = words_in(typed)
        assert len(words) <= 12
        assert all(word.isalnum() for word in words)
