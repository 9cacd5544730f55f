"""What keeps a document from being published."""

from datetime import date

import pytest

from app.articles import documents
from app.articles.documents import BadDocument, Surroundings
from tests.articles.samples import document

AROUND = Surroundings(
    sources={"rest-2020"}, specialties={"sciatica"}, addresses={"/articles/other"}, today=date(2026, 11, 21)
)


def test_a_sound_document_has_no_problems() -> None:
    text = "Rest may help.[^rest-2020] See [more](/articles/other?a=1#part) and [them](https://example.org/nowhere)."
    assert documents.problems(document(text), AROUND) == []


@pytest.mark.parametrize(
    ("body", "facts", "problem"),
    [
        ("Rest.[^gone-1999]", {"sources": ("gone-1999",)}, "'gone-1999' is not in sources.yaml"),
        ("Rest.[^other]", {}, "'other' is cited but not listed"),
        ("Rest.", {}, "'rest-2020' is listed but never cited"),
        ("Rest.[^rest-2020]", {"specialties": ("toothache",)}, "'toothache' is unknown"),
        ("Rest.[^rest-2020]", {"checked_on": date(2027, 1, 1)}, "in the future"),
        ("[x](/articles/none).[^rest-2020]", {}, "dead link /articles/none"),
        ("::: you\n- [x](/nowhere)[^rest-2020]\n:::", {}, "dead link /nowhere"),
        ("Massage cures sciatica.[^rest-2020]", {}, "promises too much: 'cures sciatica'"),
        ("It treats a\npinched nerve.[^rest-2020]", {}, "promises too much"),
        ("Rest.[^rest-2020]", {"title": "Healing your sciatica"}, "promises too much"),
    ],
)
def test_each_defect_is_named(body: str, facts: dict[str, object], problem: str) -> None:
    assert any(problem in each for each in documents.problems(document(body, **facts), AROUND))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only text",
        "---\nslug: [\n---\ntext",
        "---\nslug: Not A Slug\n---\ntext",
        "---\nslug: a\ntitle: Abc\nsummary: A summary that is long enough.\nchecked_on: soon\n---\n",
        "---\nslug: a\ntitle: Abc\nsummary: A summary that is long enough.\nchecked_on: 2026-01-01\nspecialties: []\nsources: [a]\n---\n",
        "---\nslug: a\nreviewed_by: Dr Nobody\n---\n",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        documents.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "a: {title: A}",
        "a: {title: A, publisher: B, checked: guessed}",
        "a: {title: A, publisher: B, checked: text, url: 'http://x'}",
        "[",
        "a: 1",
    ],
)
def test_sources_that_lack_something_are_refused(text: str) -> None:
    with pytest.raises(BadDocument):
        documents.read_sources(text)
