"""`GET /api/v1/articles`: our articles and those elsewhere, by words or by specialty."""

from datetime import date

from flask_openapi import APIBlueprint, Tag
from pydantic import BaseModel, Field

from app.articles import queries
from app.core.errors import Invalid
from app.directory.catalogue import specialty_of
from app.doors.audience import audience
from app.doors.database import db

articles_api = APIBlueprint(
    "articles_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="articles", description="What to read")]
)


class ArticlesQuery(BaseModel):
    """`q` searches titles, summaries and texts; `specialty` is a slug, a name or a synonym."""

    q: str = Field("", max_length=200)
    specialty: str = Field("", max_length=80)
    limit: int = Field(20, ge=1, le=100)


class ArticleLine(BaseModel):
    slug: str
    title: str
    summary: str
    minutes: int
    checked_on: date
    path: str


class ElsewhereLine(BaseModel):
    url: str
    title: str
    publisher: str
    author: str
    published_on: date | None
    summary: str


class ArticleList(BaseModel):
    """`results` are ours; `elsewhere` are other people's, which we only point to."""

    results: list[ArticleLine]
    elsewhere: list[ElsewhereLine]


@articles_api.get("/articles", summary="Articles", responses={200: ArticleList})
@audience("public")
def list_articles(query: ArticlesQuery) -> dict[str, object]:
    if query.q.strip():
        own, others = queries.search(db.session, query.q, query.limit)
    else:
        ids = _ids(query.specialty)
        own = queries.articles(db.session, ids, query.limit)
        others = queries.elsewhere(db.session, ids, query.limit)
    lines = [ArticleLine(**_fields(each, ArticleLine), path=f"/articles/{each.slug}") for each in own]
    listed = ArticleList(results=lines, elsewhere=[ElsewhereLine(**_fields(each, ElsewhereLine)) for each in others])
    return listed.model_dump(mode="json")


def _ids(words: str) -> tuple[int, ...]:
    if not words.strip():
        return ()
    specialty = specialty_of(words)
    if specialty is None:
        raise Invalid("There is no such specialty.", field="specialty", code="specialty-unknown")
    return (specialty.id,)


def _fields(line: object, model: type[BaseModel]) -> dict[str, object]:
    return {name: getattr(line, name) for name in model.model_fields if hasattr(line, name)}
