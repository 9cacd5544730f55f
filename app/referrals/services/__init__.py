"""Changes. Every function takes a session inside the door's transaction, and `now`; none commits."""

from app.referrals.services.answers import (
    agreed,
    audited,
    give_consent,
    read_note,
    read_outcome_as_therapist,
    read_outcomes,
    withdraw_consent,
    write_outcome,
)
from app.referrals.services.checking import (
    add_check,
    read_checks_as_doctor,
    read_checks_as_therapist,
    read_own_checks,
    share_checks,
)
from app.referrals.services.digests import send_due
from app.referrals.services.doctors import (
    DoctorFacts,
    decide,
    delete_template,
    save_template,
    set_digest,
    sign_up,
)
from app.referrals.services.drafts import choose, drop_draft, forget_left_drafts, keep_draft, unchoose
from app.referrals.services.favourites import add_favourite, note_favourite, remove_favourite
from app.referrals.services.referring import (
    Area,
    ReferralFacts,
    count_opening,
    mail_to_patient,
    own,
    refer,
    revoke,
)
from app.referrals.services.registry import import_doctors

__all__ = [
    "Area",
    "DoctorFacts",
    "ReferralFacts",
    "add_check",
    "add_favourite",
    "agreed",
    "audited",
    "choose",
    "count_opening",
    "decide",
    "delete_template",
    "drop_draft",
    "forget_left_drafts",
    "give_consent",
    "import_doctors",
    "keep_draft",
    "mail_to_patient",
    "note_favourite",
    "own",
    "read_checks_as_doctor",
    "read_checks_as_therapist",
    "read_note",
    "read_outcome_as_therapist",
    "read_outcomes",
    "read_own_checks",
    "refer",
    "remove_favourite",
    "revoke",
    "save_template",
    "send_due",
    "set_digest",
    "share_checks",
    "sign_up",
    "unchoose",
    "withdraw_consent",
    "write_outcome",
]
