"""accounts that run a practice, and claims to imported pages"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # SQLite can add a column with its reference, but no constraint afterwards.
        op.execute(
            "ALTER TABLE therapist ADD COLUMN user_id INTEGER CONSTRAINT fk_therapist_user_id_user_account"
            " REFERENCES user_account (id)"
        )
    else:
        op.add_column("therapist", sa.Column("user_id", sa.Integer(), nullable=True))
        op.create_foreign_key(
            "fk_therapist_user_id_user_account", "therapist", "user_account", ["user_id"], ["id"]
        )
    op.create_index("ix_therapist_user_id", "therapist", ["user_id"], unique=True)
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("therapist_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("licence_number", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('code', 'waiting', 'granted', 'refused')", name=op.f("ck_claim_state")),
        sa.ForeignKeyConstraint(
            ["therapist_id"], ["therapist.id"], name=op.f("fk_claim_therapist_id_therapist"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_claim_user_id_user_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index("ix_claim_state", "claim", ["state", "created_at"])
    op.create_index(op.f("ix_claim_therapist_id"), "claim", ["therapist_id"])
    op.create_index(op.f("ix_claim_user_id"), "claim", ["user_id"])


def downgrade() -> None:
    op.drop_table("claim")
    op.drop_index("ix_therapist_user_id", "therapist")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_therapist_user_id_user_account", "therapist", type_="foreignkey")
    op.drop_column("therapist", "user_id")
