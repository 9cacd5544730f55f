"""Syncing, articles elsewhere, and what link checks change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.articles import library, queries, services
from app.articles.models import Article, ArticleSpecialty, ExternalArticle
from app.articles.services import ExternalFacts
from app.core.errors import Conflict, Invalid, NotFound
from app.directory.catalogue import BY_SLUG
from tests.articles import samples

pytestmark = pytest.mark.databases

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FACTS = ExternalFacts(
    url="https://example.org/back",
    title="Backs and how to mind them",
    publisher="Example Health",
    summary="A calm look at backs.",
    specialties=("lower-back-pain",),
    published_on=date(2025, 5, 1),
)


def test_a_second_sync_changes_nothing(session: Session) -> None:
    first = services.sync(session, library.load())
    rows = [(each.id, each.changed_at) for each in session.scalars(select(Article).order_by(Article.id))]
    again = services.sync(session, library.load())
    assert (len(first.added), first.changed, first.removed, first.unchanged) == (10, [], [], [])
    assert (again.added, again.changed, again.removed, len(again.unchanged)) == ([], [], [], 10)
    assert rows == [(each.id, each.changed_at) for each in session.scalars(select(Article).order_by(Article.id))]


def test_a_changed_text_keeps_its_row_and_its_first_day(session: Session) -> None:
    services.sync(session, samples.library(samples.document()))
    before = queries.article(session, "sample")
    kept = (before.id, before.published_at)
    report = services.sync(
        session, samples.library(samples.document("Rest *more*.[^rest-2020]", title="Another title"))
    )
    after = queries.article(session, "sample")
    assert report.changed == ["sample"]
    assert (after.id, after.published_at) == kept
    assert after.title == "Another title"
    assert "<em>more</em>" in after.html


def test_a_changed_source_changes_the_article(session: Session) -> None:
    one = samples.library(samples.document())
    services.sync(session, one)
    other = replace(one, sources={"rest-2020": samples.source(title="A better study of rest")})
    assert services.sync(session, other).changed == ["sample"]
    assert queries.article(session, "sample").sources[0]["title"] == "A better study of rest"


def test_specialties_follow_the_document(session: Session) -> None:
    services.sync(session, samples.library(samples.document(specialties=("sciatica", "swedish"))))
    services.sync(session, samples.library(samples.document(specialties=("swedish", "neck-pain"))))
    rows = session.execute(select(ArticleSpecialty.specialty_id).order_by(ArticleSpecialty.position)).scalars().all()
    assert rows == [BY_SLUG["swedish"].id, BY_SLUG["neck-pain"].id]


def test_what_left_the_repository_leaves_the_site(session: Session) -> None:
    services.sync(session, samples.library(samples.document(), samples.document(slug="other")))
    assert services.sync(session, samples.library(samples.document())).removed == ["other"]
    with pytest.raises(NotFound):
        queries.article(session, "other")


def test_sources_are_kept_in_the_order_of_their_numbers(session: Session) -> None:
    services.sync(session, library.load())
    rows = session.scalars(select(Article)).all()
    assert len(rows) > 5
    for row in rows:
        assert row.sources
        assert f'href="#source-{len(row.sources)}"' in row.html
        assert f'href="#source-{len(row.sources) + 1}"' not in row.html


def test_an_article_elsewhere_is_listed_for_its_specialty(session: Session) -> None:
    services.add_external(session, FACTS, "editor@example.org")
    assert [each.title for each in queries.elsewhere(session, [BY_SLUG["lower-back-pain"].id])] == [FACTS.title]
    assert queries.elsewhere(session, [BY_SLUG["jaw-pain"].id]) == []


def test_an_address_is_listed_once(session: Session) -> None:
    services.add_external(session, FACTS, "editor@example.org")
    second = services.add_external(session, replace(FACTS, url="https://example.org/2"), "editor@example.org")
    with pytest.raises(Conflict):
        services.add_external(session, FACTS, "editor@example.org")
    with pytest.raises(Conflict):
        services.edit_external(session, second.id, FACTS)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"title": " "}, "title"),
        ({"publisher": "x" * 121}, "publisher"),
        ({"summary": "x" * 601}, "summary"),
        ({"specialties": ()}, "specialties"),
        ({"specialties": ("magic",)}, "specialties"),
        ({"published_on": date(2999, 1, 1)}, "published_on"),
        ({"author": "x" * 121}, "author"),
    ],
)
def test_what_an_editor_gets_wrong_is_named(session: Session, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        services.add_external(session, replace(FACTS, **wrong), "editor@example.org")
    assert caught.value.field == field


def test_editing_keeps_the_record_unless_the_address_changes(session: Session) -> None:
    row = services.add_external(session, FACTS, "editor@example.org")
    services.record_check(session, row.id, 500, NOON)
    assert services.edit_external(session, row.id, replace(FACTS, specialties=("sciatica", "neck-pain"))).failures == 1
    assert {each.specialty_id for each in row.specialties} == {BY_SLUG["sciatica"].id, BY_SLUG["neck-pain"].id}
    moved = services.edit_external(session, row.id, replace(FACTS, url="https://example.org/new"))
    assert (moved.failures, moved.checked_at) == (0, None)


def test_nobody_edits_or_checks_what_is_not_there(session: Session) -> None:
    with pytest.raises(NotFound):
        services.edit_external(session, 404, FACTS)
    with pytest.raises(NotFound):
        services.record_check(session, 404, 200, NOON)


def test_a_dead_link_is_hidden_and_comes_back_when_it_answers(session: Session) -> None:
    row = services.add_external(session, FACTS, "editor@example.org")
    services.record_checks(session, {row.id: 404}, NOON)
    assert queries.elsewhere(session) == []
    assert row.dead_since == NOON
    services.record_checks(session, {row.id: 404}, NOON + timedelta(days=7))
    assert row.dead_since == NOON
    services.record_checks(session, {row.id: 200}, NOON + timedelta(days=14))
    assert len(queries.elsewhere(session)) == 1


def test_links_are_due_when_their_last_check_is_old(session: Session) -> None:
    ids = [services.add_external(session, replace(FACTS, url=f"https://example.org/{n}"), "e").id for n in range(3)]
    services.record_check(session, ids[0], 200, NOON)
    services.record_check(session, ids[1], 200, NOON - timedelta(days=8))
    session.flush()
    due = [each for each, _url in queries.links_to_check(session, NOON - timedelta(days=7), 10)]
    assert due == [ids[2], ids[1]]
    assert session.get(ExternalArticle, ids[0]) is not None
