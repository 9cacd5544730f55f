"""Evidence beside claims too; histories name accounts by number; reports of visitors are sealed.

Revision ID: 0017
Revises: 0016
"""

import re

import sqlalchemy as sa
from alembic import op

from app.core.crypto import decrypt, encrypt

revision = "0017"
down_revision = "0016"
branch_labels = ()
depends_on = None

ADDRESS = re.compile(r"[^\s@:]+@[^\s@:]+")
ACTORS = (
    ("admin_event", "actor", "admin"),
    ("licence_event", "actor", "admin"),
    ("licence_evidence", "handed_in_by", "admin"),
    ("claim", "decided_by", "admin"),
    ("doctor", "decided_by", "admin"),
)


def upgrade() -> None:
    with op.batch_alter_table("licence_evidence") as table:
        table.alter_column("licence_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("claim_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(
            op.f("fk_licence_evidence_claim_id_claim"), "claim", ["claim_id"], ["id"], ondelete="CASCADE"
        )
        table.create_check_constraint(
            op.f("ck_licence_evidence_one_subject"), "(licence_id IS NULL) <> (claim_id IS NULL)"
        )
    op.create_index(op.f("ix_licence_evidence_claim_id"), "licence_evidence", ["claim_id"])
    # What is there was handed in by admins, who had it in their hands.
    op.execute("UPDATE licence_evidence SET looked_at = at")
    connection = op.get_bind()
    ids = dict(connection.execute(sa.text("SELECT lower(email), id FROM user_account")).all())
    owners = dict(
        connection.execute(
            sa.text("SELECT l.id, t.user_id FROM licence l JOIN therapist t ON t.id = l.therapist_id")
        ).all()
    )
    for table, column, role in ACTORS:
        _number_actors(connection, table, column, role, ids, owners)
    _seal_words(connection)


def _number_actors(
    connection: sa.Connection, table: str, column: str, role: str, ids: dict[str, int], owners: dict[int, int]
) -> None:
    subject = "licence_id" if table == "licence_event" else "id"
    query = f"SELECT id, {column}, {subject} FROM {table} WHERE {column} LIKE '%@%'"  # noqa: S608 - names from above
    for row_id, actor, licence_id in connection.execute(sa.text(query)).all():
        if not ADDRESS.fullmatch(actor.strip()):
            continue
        user_id = ids.get(actor.strip().lower())
        own = table == "licence_event" and user_id is not None and owners.get(licence_id) == user_id
        named = f"{'therapist' if own else role} user:{user_id}" if user_id is not None else "erased account"
        change = f"UPDATE {table} SET {column} = :named WHERE id = :id"  # noqa: S608 - names from above
        connection.execute(sa.text(change), {"named": named, "id": row_id})


def _seal_words(connection: sa.Connection) -> None:
    rows = connection.execute(sa.text("SELECT id, words FROM listing_report")).all()
    op.drop_column("listing_report", "words")
    op.add_column("listing_report", sa.Column("words", sa.LargeBinary(), nullable=True))
    for row_id, words in rows:
        connection.execute(
            sa.text("UPDATE listing_report SET words = :words WHERE id = :id"),
            {"words": encrypt(words), "id": row_id},
        )
    with op.batch_alter_table("listing_report") as table:
        table.alter_column("words", existing_type=sa.LargeBinary(), nullable=False)


def downgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT id, words FROM listing_report")).all()
    op.drop_column("listing_report", "words")
    op.add_column("listing_report", sa.Column("words", sa.String(length=2000), server_default="", nullable=False))
    for row_id, words in rows:
        connection.execute(
            sa.text("UPDATE listing_report SET words = :words WHERE id = :id"),
            {"words": decrypt(bytes(words)), "id": row_id},
        )
    op.drop_index(op.f("ix_licence_evidence_claim_id"), "licence_evidence")
    op.execute("DELETE FROM licence_evidence WHERE licence_id IS NULL")
    with op.batch_alter_table("licence_evidence") as table:
        table.drop_constraint(op.f("ck_licence_evidence_one_subject"), type_="check")
        table.drop_constraint(op.f("fk_licence_evidence_claim_id_claim"), type_="foreignkey")
        table.drop_column("looked_at")
        table.drop_column("claim_id")
        table.alter_column("licence_id", existing_type=sa.Integer(), nullable=False)
