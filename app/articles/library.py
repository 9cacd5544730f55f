"""The documents in the repository: ten articles, a guide for every condition and technique, and the sources of them all."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from app.articles import documents
from app.articles.documents import BadDocument, Document, Source, Surroundings
from app.articles.rendering import Rendered, render
from app.core import clock
from app.core.errors import Invalid
from app.directory.catalogue import BY_SLUG, SPECIALTIES

CONTENT = Path(__file__).parent / "content"
FIXED_ADDRESSES = frozenset(
    {
        "/articles",
        "/helper",
        "/therapists",
        "/referring/welcome",
        "/articles/keeping-back-pain-away/plan",
        "/articles/keeping-back-pain-away/breaks.ics",
    }
)
TECHNIQUES = MappingProxyType({each.slug: each.name for each in SPECIALTIES if each.kind == "technique"})


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that was read. `guides` are by the slug of their condition or technique."""

    articles: tuple[Document, ...]
    guides: Mapping[str, Document]
    sources: Mapping[str, Source]

    def around(self) -> Surroundings:
        """What these documents may point to."""
        own = {f"/articles/{each.facts.slug}" for each in self.articles}
        special = {f"/{each.kind}s/{each.slug}" for each in SPECIALTIES}
        return Surroundings(self.sources.keys(), BY_SLUG.keys(), own | special | FIXED_ADDRESSES, clock.today())


@dataclass(frozen=True, slots=True)
class Guide:
    """A condition or technique page, rendered, with its sources by number."""

    document: Document
    page: Rendered
    sources: tuple[Source, ...]


def load(folder: Path = CONTENT) -> Library:
    """Read the folder; Invalid names every document that cannot be published, and why."""
    sources = documents.read_sources((folder / "sources.yaml").read_text(encoding="utf-8"))
    articles = _read_all(folder)
    guides = {each.facts.slug: each for kind in ("conditions", "techniques") for each in _read_all(folder / kind)}
    library = Library(tuple(articles), guides, sources)
    _refuse_bad(library)
    return library


@cache
def guide(slug: str) -> Guide | None:
    """The guide to a condition or technique. The files change only with the code, so each is rendered once."""
    document = _library().guides.get(slug)
    if document is None:
        return None
    page = render(document.body, TECHNIQUES)
    return Guide(document, page, tuple(_library().sources[key] for key in page.cited))


@cache
def _library() -> Library:
    return load()


def _read_all(folder: Path) -> list[Document]:
    return [_read(path) for path in sorted(folder.glob("*.md"))]


def _read(path: Path) -> Document:
    try:
        document = documents.read(path.read_text(encoding="utf-8"))
    except BadDocument as error:
        raise Invalid(f"{path.name}: {error}") from error
    if document.facts.slug != path.stem:
        raise Invalid(f"{path.name}: the slug is {document.facts.slug!r}, the file is {path.stem!r}")
    return document


def _refuse_bad(library: Library) -> None:
    around = library.around()
    lines = [
        f"{each.facts.slug}: {problem}"
        for each in (*library.articles, *library.guides.values())
        for problem in documents.problems(each, around)
    ]
    if lines:
        raise Invalid("\n".join(lines))
