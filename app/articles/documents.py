"""What a Markdown document of ours must hold: front matter, sources that exist, citations, living links, no promises."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import frontmatter
import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from app.articles.rendering import Rendered, render

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]

_PROMISE = re.compile(
    r"\b(cure|cures|cured|curing|treats?|treating|heals?|healing|fix|fixes|fixing)\s+(?:(?:your|the|a|an)\s+)?"
    r"(sciatica|(?:pinched|trapped)\s+nerve|radiculopathy|(?:slipped|herniated)\s+disc)",
    re.IGNORECASE,
)


class Source(BaseModel):
    """One thing to cite. `checked` says what of it was read: the text, its abstract, or another site's copy."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    publisher: str
    authors: str | None = None
    year: int | None = None
    identifier: str | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https://")] | None = None
    checked: Literal["text", "abstract", "reproduction"]


class FrontMatter(BaseModel):
    """The facts above the text. `checked_on` is the day when the text was last held against its sources.

    `position` orders the list of articles, lowest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    slug: Slug
    position: int = 100
    title: Annotated[str, StringConstraints(min_length=3, max_length=120)]
    summary: Annotated[str, StringConstraints(min_length=20, max_length=300)]
    checked_on: date
    specialties: Annotated[tuple[Slug, ...], Field(min_length=1)]
    sources: Annotated[tuple[Slug, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Document:
    """A document as written: its facts and its Markdown."""

    facts: FrontMatter
    body: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document may point to. `addresses` are the paths of this site that exist."""

    sources: Collection[str]
    specialties: Collection[str]
    addresses: Collection[str]
    today: date


class BadDocument(ValueError):
    """The document cannot be read at all; the message has one line a defect."""


def read(text: str) -> Document:
    """A document from its file's text; BadDocument when the front matter is missing or wrong."""
    try:
        post = frontmatter.loads(text)
        return Document(FrontMatter.model_validate(post.metadata), post.content)
    except yaml.YAMLError as error:
        raise BadDocument(f"front matter is not YAML: {error}") from error
    except ValidationError as error:
        raise BadDocument("; ".join(_lines(error))) from error


def read_sources(text: str) -> Mapping[str, Source]:
    """The list of sources by key."""
    try:
        return TypeAdapter(dict[Slug, Source]).validate_python(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise BadDocument(f"sources: {error}") from error


def problems(document: Document, around: Surroundings) -> list[str]:
    """What keeps a document from being published, one line a defect."""
    facts, page = document.facts, render(document.body)
    found = [f"source {key!r} is not in sources.yaml" for key in facts.sources if key not in around.sources]
    found += [f"specialty {slug!r} is unknown" for slug in facts.specialties if slug not in around.specialties]
    found += [f"{key!r} is cited but not listed" for key in page.cited if key not in facts.sources]
    found += [f"{key!r} is listed but never cited" for key in facts.sources if key not in page.cited]
    found += [f"dead link {link}" for link in dead_links(page, around.addresses)]
    found += [f"promises too much: {words!r}" for words in promises(document)]
    if facts.checked_on > around.today:
        found.append(f"checked on {facts.checked_on}, which is in the future")
    return found


def dead_links(page: Rendered, addresses: Collection[str]) -> list[str]:
    """Links into this site that lead nowhere."""
    paths = {link: re.split(r"[?#]", link)[0] for link in page.links if link.startswith("/")}
    return sorted(link for link, path in paths.items() if path not in addresses)


def promises(document: Document) -> Iterator[str]:
    """Words that claim a cure for what nobody has shown that massage cures (DESIGN §6)."""
    for text in (document.facts.title, document.facts.summary, document.body):
        yield from (match.group(0) for match in _PROMISE.finditer(text))


def _lines(error: ValidationError) -> list[str]:
    return [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in _details(error)]


def _details(error: ValidationError) -> list[Any]:
    return list(error.errors(include_url=False, include_input=False))
