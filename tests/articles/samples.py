"""Documents for tests: invented ones, and our own, read once a run."""

from datetime import date
from functools import cache

from app.articles.documents import Document, FrontMatter, Source
from app.articles.library import Library, load


def source(**facts: object) -> Source:
    return Source.model_validate(
        {"title": "A study of rest", "publisher": "Journal of Samples", "year": 2020, "checked": "text", **facts}
    )


def document(body: str = "Rest may help for a day.[^rest-2020]", **facts: object) -> Document:
    front = {
        "slug": "sample",
        "title": "A sample article",
        "summary": "A short text that is only here to be tested.",
        "checked_on": date(2026, 11, 1),
        "specialties": ("sciatica",),
        "sources": ("rest-2020",),
        **facts,
    }
    return Document(FrontMatter.model_validate(front), body)


def library(*articles: Document) -> Library:
    return Library(articles, {}, {"rest-2020": source()})


@cache
def ours() -> Library:
    """What the repository holds. It does not change meanwhile, and to read and check it all takes a third of a second."""
    return load()
