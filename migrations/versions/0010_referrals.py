"""doctors, their referral links, and the answers that come back"""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = ()
depends_on = None


def upgrade() -> None:
    op.create_table('doctor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=True),
    sa.Column('npi', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('practice', sa.String(length=120), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('registry_name', sa.String(length=160), nullable=False),
    sa.Column('registry_checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.String(length=120), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('weekly_digest', sa.Boolean(), nullable=False),
    sa.Column('digest_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'verified', 'refused')", name=op.f('ck_doctor_state')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_doctor_user_id_user_account'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_doctor')),
    sa.UniqueConstraint('user_id', name=op.f('uq_doctor_user_id'))
    )
    op.create_index('ix_doctor_state', 'doctor', ['state', 'created_at'], unique=False)
    op.create_index('ix_doctor_verified_npi', 'doctor', ['npi'], unique=True, sqlite_where=sa.text("state = 'verified'"), postgresql_where=sa.text("state = 'verified'"))
    op.create_table('favourite_therapist',
    sa.Column('doctor_id', sa.Integer(), nullable=False),
    sa.Column('therapist_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['doctor_id'], ['doctor.id'], name=op.f('fk_favourite_therapist_doctor_id_doctor'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['therapist_id'], ['therapist.id'], name=op.f('fk_favourite_therapist_therapist_id_therapist'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('doctor_id', 'therapist_id', name=op.f('pk_favourite_therapist')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_favourite_therapist_therapist_id'), 'favourite_therapist', ['therapist_id'], unique=False)
    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('doctor_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('code_hash', sa.String(length=64), nullable=False),
    sa.Column('code', sa.LargeBinary(), nullable=False),
    sa.Column('specialty_id', sa.Integer(), nullable=False),
    sa.Column('technique_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(length=120), nullable=False),
    sa.Column('lat', sa.Double(), nullable=True),
    sa.Column('lon', sa.Double(), nullable=True),
    sa.Column('radius_km', sa.Double(), nullable=False),
    sa.Column('suggested_visits', sa.Integer(), nullable=True),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened', sa.Integer(), nullable=False),
    sa.Column('first_opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.LargeBinary(), nullable=True),
    sa.Column('cautions', sa.LargeBinary(), nullable=True),
    sa.Column('label', sa.LargeBinary(), nullable=True),
    sa.Column('source', sa.LargeBinary(), nullable=True),
    sa.CheckConstraint("kind IN ('personal', 'standing')", name=op.f('ck_referral_kind')),
    sa.CheckConstraint('suggested_visits IS NULL OR suggested_visits BETWEEN 1 AND 30', name=op.f('ck_referral_visits')),
    sa.ForeignKeyConstraint(['doctor_id'], ['doctor.id'], name=op.f('fk_referral_doctor_id_doctor')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_referral_code_hash'))
    )
    op.create_index('ix_referral_doctor_id_created_at', 'referral', ['doctor_id', 'created_at'], unique=False)
    op.create_table('referral_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('doctor_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.LargeBinary(), nullable=False),
    sa.Column('facts', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['doctor_id'], ['doctor.id'], name=op.f('fk_referral_template_doctor_id_doctor'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_template'))
    )
    op.create_index(op.f('ix_referral_template_doctor_id'), 'referral_template', ['doctor_id'], unique=False)
    op.create_table('referral_therapist',
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('therapist_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_referral_therapist_referral_id_referral'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['therapist_id'], ['therapist.id'], name=op.f('fk_referral_therapist_therapist_id_therapist'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('referral_id', 'therapist_id', name=op.f('pk_referral_therapist')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_referral_therapist_therapist_id'), 'referral_therapist', ['therapist_id'], unique=False)
    op.create_table('outcome_check',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('moment', sa.String(length=6), nullable=False),
    sa.Column('answers', sa.LargeBinary(), nullable=False),
    sa.Column('shared', sa.String(length=9), nullable=False),
    sa.CheckConstraint("moment IN ('before', 'review', 'end')", name=op.f('ck_outcome_check_moment')),
    sa.CheckConstraint("shared IN ('nobody', 'therapist', 'both')", name=op.f('ck_outcome_check_shared')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_outcome_check_booking_id_booking'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome_check'))
    )
    op.create_index(op.f('ix_outcome_check_booking_id'), 'outcome_check', ['booking_id'], unique=False)
    op.create_table('outcome_note',
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_outcome_note_booking_id_booking'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('booking_id', name=op.f('pk_outcome_note')),
    sqlite_with_rowid=False
    )
    op.create_table('referral_consent',
    sa.Column('booking_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('referral_id', sa.Integer(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_referral_consent_booking_id_booking'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['referral_id'], ['referral.id'], name=op.f('fk_referral_consent_referral_id_referral'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('booking_id', name=op.f('pk_referral_consent')),
    sqlite_with_rowid=False
    )
    op.create_index(op.f('ix_referral_consent_referral_id'), 'referral_consent', ['referral_id'], unique=False)


def downgrade() -> None:
    for table in (
        "referral_consent", "outcome_note", "outcome_check", "referral_therapist", "referral_template", "referral",
        "favourite_therapist", "doctor",
    ):
        op.drop_table(table)
