"""What a registry file says of doctors' NPIs: more than a name.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table(
        "doctor_registry_entry",
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("standing", sa.String(length=11), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("other_name", sa.String(length=160), nullable=False),
        sa.Column("taxonomies", sa.String(length=200), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "standing IN ('active', 'deactivated', 'absent')", name=op.f("ck_doctor_registry_entry_standing")
        ),
        sa.PrimaryKeyConstraint("npi", name=op.f("pk_doctor_registry_entry")),
    )
    op.execute(
        "INSERT INTO doctor_registry_entry (npi, standing, kind, name, other_name, taxonomies, file_name, read_at) "
        "SELECT npi, 'active', 'person', max(registry_name), '', '225700000X', '', max(registry_checked_at) "
        "FROM doctor WHERE registry_name <> '' AND registry_checked_at IS NOT NULL AND npi <> '' GROUP BY npi"
    )
    op.drop_column("doctor", "registry_checked_at")
    op.drop_column("doctor", "registry_name")


def downgrade() -> None:
    op.add_column("doctor", sa.Column("registry_name", sa.String(length=160), nullable=False, server_default=""))
    op.add_column("doctor", sa.Column("registry_checked_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_table("doctor_registry_entry")
