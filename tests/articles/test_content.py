"""Everything that we publish keeps the rules that we set for ourselves."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app.articles import documents, library, reading
from app.articles.documents import Document
from app.articles.rendering import render
from app.core import clock
from app.directory.catalogue import SPECIALTIES
from tests.articles.samples import ours
from tools.reading_level import syllables

LIBRARY = ours()
EVERYTHING = (*LIBRARY.articles, *LIBRARY.guides.values())
OTHERS_BUILD = {"/therapists", "/referring/welcome"}
"""Pages that other parts of the house bring; their own tests hold them to it."""


def named(document: Document) -> str:
    return document.facts.slug


every_document = pytest.mark.parametrize("document", EVERYTHING, ids=named)
every_article = pytest.mark.parametrize("document", LIBRARY.articles, ids=named)


def test_there_are_at_least_ten_articles_in_an_order() -> None:
    positions = [each.facts.position for each in LIBRARY.articles]
    assert len(positions) >= 10
    assert len(set(positions)) == len(positions)


def test_every_condition_and_technique_has_its_page() -> None:
    assert {each.slug for each in SPECIALTIES} == set(LIBRARY.guides)


@every_document
def test_it_has_living_sources_a_date_and_a_specialty(document: Document) -> None:
    assert documents.problems(document, LIBRARY.around()) == []
    assert document.facts.checked_on <= clock.today()
    assert document.facts.specialties
    assert render(document.body).cited


@every_document
def test_it_can_be_read_with_nine_years_of_school(document: Document) -> None:
    assert reading.grade(reading.passages(document.body), syllables) <= reading.HIGHEST_GRADE


@every_article
def test_an_article_is_neither_a_note_nor_a_book(document: Document) -> None:
    words = sum(len(reading.words_of(each)) for each in reading.passages(document.body))
    assert 600 <= words <= 1200


@every_article
def test_an_article_says_what_it_means_for_you(document: Document) -> None:
    assert "What this means for you" in render(document.body).html


EFFECT = re.compile(
    r"\b(trial|study|studies|review|reviews|evidence|guidance|guideline|researchers pooled|proof (?:is|for|of|as))\b"
)
NO_CLAIM = re.compile(
    r"\b(we (?:know of|have (?:not )?found|have not reviewed)|no good (?:study|proof|evidence))\b", re.I
)


@every_document
def test_paragraphs_that_speak_of_research_name_it(document: Document) -> None:
    """A paragraph or list item that reports findings carries a citation, or says that there is nothing to cite."""
    blocks = re.split(r"\n\s*\n|\n(?=[-|\d])", re.sub(r"^:::.*$", "", document.body, flags=re.MULTILINE))
    reporting = [each for each in blocks if re.search(r"\b(found|showed|shown|helped|cut the risk|improved)\b", each)]
    bare = [
        each
        for each in reporting
        if EFFECT.search(each) and "[^" not in each and not NO_CLAIM.search(each) and not each.lstrip().startswith("#")
    ]
    assert not bare, bare


def test_conditions_put_warning_signs_first() -> None:
    for each in SPECIALTIES:
        if each.kind == "condition":
            page = render(LIBRARY.guides[each.slug].body)
            assert page.contents[0].title == "See a doctor first if", each.slug
            assert page.html.index("box-warning") < page.html.index("What it can feel like"), each.slug


def test_back_and_nerve_pages_send_emergencies_away() -> None:
    for slug in ("lower-back-pain", "sciatica", "pinched-nerve"):
        text = render(LIBRARY.guides[slug].body).text
        for sign in ("911", "genitals", "both legs", "getting weaker"):
            assert sign in text, (slug, sign)


def test_deep_tissue_on_a_pinched_nerve_is_with_caution_everywhere() -> None:
    for slug in ("pinched-nerve", "deep-tissue", "neuromuscular"):
        assert re.search(r"with caution", LIBRARY.guides[slug].body, re.IGNORECASE), slug


def test_every_source_is_cited_somewhere() -> None:
    cited = {key for each in EVERYTHING for key in each.facts.sources}
    assert set(LIBRARY.sources) == cited


def test_inside_links_lead_to_routes(app: Flask) -> None:
    paths = {link.split("?")[0] for each in EVERYTHING for link in render(each.body).links if link.startswith("/")}
    router = app.url_map.bind("localhost")
    dead = [path for path in paths - OTHERS_BUILD if not router.test(path, "GET")]
    assert not dead


def test_a_broken_document_stops_the_load(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("{}")
    (tmp_path / "one.md").write_text("no front matter")
    with pytest.raises(library.Invalid, match=r"one\.md: .*slug"):
        library.load(tmp_path)


def test_a_slug_is_its_file_name(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("a: {title: A, publisher: B, checked: text}")
    front = "slug: two\ntitle: Two\nsummary: A summary that is long enough.\nchecked_on: 2026-01-01\n"
    (tmp_path / "one.md").write_text(f"---\n{front}specialties: [sciatica]\nsources: [a]\n---\nText.[^a]\n")
    with pytest.raises(library.Invalid, match="'two', the file is 'one'"):
        library.load(tmp_path)
