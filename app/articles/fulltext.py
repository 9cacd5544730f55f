"""Full-text search behind one function: FTS5 on SQLite, a weighted tsvector on PostgreSQL.

Both weigh title, summary and text, know word stems, and match the beginnings of words. Migration 0007 made the indexes.
"""

import re

from sqlalchemy import text
from sqlalchemy.orm import Session

MOST_WORDS = 12

_COLUMNS = {"article": ("title", "summary", "text"), "external_article": ("title", "summary", "publisher")}
_WORD = re.compile(r"[^\W_]+")


def words_in(query: str) -> list[str]:
    """The words of what somebody typed; nothing else of it ever reaches a database's query language."""
    return _WORD.findall(query.casefold())[:MOST_WORDS]


def matching_ids(session: Session, table: str, query: str, limit: int) -> list[int]:
    """The ids of rows that match, best first: those with every word, or if there are none, with any of them."""
    words = words_in(query)
    if not words:
        return []
    find = _sqlite if session.get_bind().dialect.name == "sqlite" else _postgresql
    return find(session, table, words, " AND ", limit) or find(session, table, words, " OR ", limit)


def vector(table: str) -> str:
    """The tsvector of a row, in the very words of the index's expression."""
    weighed = (
        f"setweight(to_tsvector('english', {name}), '{w}')" for name, w in zip(_COLUMNS[table], "ABC", strict=True)
    )
    return " || ".join(weighed)


def _sqlite(session: Session, table: str, words: list[str], joint: str, limit: int) -> list[int]:
    statement = text(
        f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH :query "  # noqa: S608 - the table is one of ours
        f"ORDER BY bm25({table}_fts, 8.0, 4.0, 1.0), rowid LIMIT :limit"
    )
    query = joint.join(f'"{word}"*' for word in words)
    return list(session.scalars(statement, {"query": query, "limit": limit}))


def _postgresql(session: Session, table: str, words: list[str], joint: str, limit: int) -> list[int]:
    statement = text(
        f"SELECT id FROM {table}, to_tsquery('english', :query) AS query "  # noqa: S608 - the table is one of ours
        f"WHERE ({vector(table)}) @@ query ORDER BY ts_rank({vector(table)}, query) DESC, id LIMIT :limit"
    )
    query = joint.replace("AND", "&").replace("OR", "|").join(f"{word}:*" for word in words)
    return list(session.scalars(statement, {"query": query, "limit": limit}))
