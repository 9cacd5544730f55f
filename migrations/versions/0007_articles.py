"""Articles, ours and elsewhere, and their full-text indexes.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = ()
depends_on = None

SEARCHED = {"article": ("title", "summary", "text"), "external_article": ("title", "summary", "publisher")}


def upgrade() -> None:
    _make_tables()
    make = _fts5 if op.get_bind().dialect.name == "sqlite" else _tsvector
    for table, columns in SEARCHED.items():
        make(table, columns)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in SEARCHED:
            op.execute(f"DROP TABLE {table}_fts")
    for table in ("external_article_specialty", "external_article", "article_specialty", "article"):
        op.drop_table(table)


def _make_tables() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("summary", sa.String(300), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("slug", name=op.f("uq_article_slug")),
    )
    op.create_table(
        "article_specialty",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("specialty_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_specialty_article_id_article"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", "specialty_id", name=op.f("pk_article_specialty")),
    )
    op.create_index(op.f("ix_article_specialty_specialty_id"), "article_specialty", ["specialty_id"])
    op.create_table(
        "external_article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("publisher", sa.String(120), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("summary", sa.String(600), nullable=False),
        sa.Column("added_by", sa.String(120), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("dead_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_external_article_failures")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_article")),
        sa.UniqueConstraint("url", name=op.f("uq_external_article_url")),
    )
    op.create_table(
        "external_article_specialty",
        sa.Column("external_article_id", sa.Integer(), nullable=False),
        sa.Column("specialty_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["external_article_id"],
            ["external_article.id"],
            name=op.f("fk_external_article_specialty_external_article_id_external_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("external_article_id", "specialty_id", name=op.f("pk_external_article_specialty")),
    )
    op.create_index(op.f("ix_external_article_specialty_specialty_id"), "external_article_specialty", ["specialty_id"])


def _fts5(table: str, columns: tuple[str, ...]) -> None:
    """An index that reads the table's own text and follows it by triggers, so that it is never stale."""
    names = ", ".join(columns)
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
    forget = f"INSERT INTO {table}_fts({table}_fts, rowid, {names}) VALUES ('delete', old.id, {old});"
    learn = f"INSERT INTO {table}_fts(rowid, {names}) VALUES (new.id, {new});"
    op.execute(
        f"CREATE VIRTUAL TABLE {table}_fts USING fts5({names}, content='{table}', content_rowid='id', "
        "tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')"
    )
    op.execute(f"CREATE TRIGGER {table}_fts_insert AFTER INSERT ON {table} BEGIN {learn} END")
    op.execute(f"CREATE TRIGGER {table}_fts_delete AFTER DELETE ON {table} BEGIN {forget} END")
    op.execute(f"CREATE TRIGGER {table}_fts_update AFTER UPDATE ON {table} BEGIN {forget} {learn} END")


def _tsvector(table: str, columns: tuple[str, ...]) -> None:
    weighed = (f"setweight(to_tsvector('english', {name}), '{w}')" for name, w in zip(columns, "ABC", strict=True))
    op.execute(f"CREATE INDEX ix_{table}_fts ON {table} USING gin (({' || '.join(weighed)}))")
