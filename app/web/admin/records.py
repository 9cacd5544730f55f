"""The records that admins read, in words: what a message is about, what somebody did, how an import went."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.directory.jurisdictions import NAMES
from app.web.admin.words import ROLE

MESSAGE = {
    "mail": _l("Letter about an account"),
    "visit.requested": _l("Request received, to the patient"),
    "visit.new_request": _l("New request, to the therapist"),
    "visit.new_booking": _l("New booking, to the therapist"),
    "visit.confirm_contact": _l("Please confirm your address, to the patient"),
    "visit.hold_ended": _l("The address was not confirmed in time"),
    "visit.confirmed": _l("Visit confirmed"),
    "visit.declined": _l("Request declined"),
    "visit.other_times": _l("Other times proposed"),
    "visit.time_offered": _l("A time became free"),
    "visit.expired": _l("Request not answered, to the patient"),
    "visit.request_expired": _l("Request not answered, to the therapist"),
    "visit.cancelled": _l("Visit cancelled, to the patient"),
    "visit.patient_cancelled": _l("Visit cancelled, to the therapist"),
    "visit.cancelled_therapist": _l("Visit cancelled by the therapist, for the calendar"),
    "visit.moved": _l("Visit moved, to the patient"),
    "visit.moved_therapist": _l("Visit moved, to the therapist"),
    "visit.ask_move": _l("The patient asks to move a visit"),
    "visit.refuse_move": _l("The visit stays at its time"),
    "visit.move_lapsed": _l("The wish to move a visit was not answered"),
    "visit.reminder": _l("Reminder of a visit"),
    "visit.follow_up": _l("After a visit"),
    "visit.message": _l("A message is waiting"),
    "visits.link": _l("The link to one's visits"),
    "waitlist.confirm": _l("Please confirm your place on the waiting list"),
    "waitlist.joined": _l("On the waiting list"),
    "directory.claim_code": _l("Code to take over a page"),
    "directory.claim_decided": _l("Claim decided"),
    "directory.licence_expires": _l("A licence expires soon"),
    "directory.confirm_listing": _l("Is the page still right?"),
    "referral.link": _l("Link of a referral"),
    "referral.doctor_decided": _l("Doctor verified or refused"),
    "referral.digest": _l("The week's referrals, to the doctor"),
}
"""By kind of message."""

THING = {
    "visit": _l("visit"),
    "waitlist": _l("waiting list"),
    "visits": _l("visits"),
    "account": _l("account"),
    "doctor": _l("doctor"),
    "referral": _l("referral"),
    "claim": _l("claim"),
    "licence": _l("licence"),
    "therapist": _l("therapist"),
    "message": _l("message"),
    "report": _l("report"),
    "user": _l("account"),
    "article": _l("article elsewhere"),
}
ACT = {
    "grant": _l("Gave the page away"),
    "refuse": _l("Refused"),
    "verify": _l("Verified"),
    "settled": _l("Settled"),
    "retried": _l("Tried again"),
    "role-given": _l("Gave a role"),
    "role-taken": _l("Took a role"),
    "opened": _l("Opened again"),
    "closed": _l("Closed"),
    "article-removed": _l("Took off the list"),
    "second-factor-taken": _l("Took the second factor off"),
    "signed-out": _l("Signed out on every device"),
}
OUTCOME = {
    "running": _l("running"),
    "finished": _l("finished"),
    "stopped": _l("stopped by hand"),
    "failed": _l("failed"),
}
COUNT = {
    "rows": _l("rows"),
    "rejected": _l("rejected"),
    "added": _l("added"),
    "updated": _l("updated"),
    "unchanged": _l("unchanged"),
    "reactivated": _l("active again"),
    "deactivated": _l("deactivated"),
    "no_longer_massage": _l("no longer massage"),
    "deactivated_not_ours": _l("deactivated, not in our list"),
    "organizations": _l("organizations"),
    "other_individuals": _l("other persons"),
    "older_than_ours": _l("older than ours"),
    "locations": _l("places"),
    "locations_rejected": _l("places rejected"),
    "locations_without_coordinates": _l("places without coordinates"),
    "licences_added": _l("licences added"),
    "licences_without_state": _l("licences without a state"),
    "licence_numbers_masked": _l("licence numbers masked"),
    "matched": _l("matched"),
    "ambiguous": _l("ambiguous"),
    "name_differs": _l("another name"),
    "not_ours": _l("not in our list"),
    "repeated": _l("repeated"),
    "other_professions": _l("other professions"),
    "confirmed": _l("confirmed"),
    "changed": _l("changed"),
    "not_understood": _l("not understood"),
}
"""By name of a count of an import."""


def thing(subject: str, names: Mapping[str, str]) -> str:
    """What a message or an act is about: visit:12 is "visit 12", an account is its address where we know it."""
    if subject in names:
        return names[subject]
    kind, _colon, number = subject.partition(":")
    return f"{THING[kind]} {number}".strip() if kind in THING else subject


def detail(action: str, words: str) -> str:
    """What was said with an act: a reason as it was written, a role in words."""
    return str(ROLE.get(words, words)) if action.startswith("role-") else words


def count(name: str) -> str:
    return str(COUNT.get(name, name.replace("_", " ")))


def imported(kind: str) -> str:
    """Whose file it was: the national registry's, or a state board's."""
    if kind == "nppes":
        return str(_("National registry (NPPES)"))
    return str(_("Board of %(state)s", state=NAMES[kind])) if kind in NAMES else kind


def by(actor: str, names: Mapping[str, str]) -> str:
    """Who did it: an address, the command line of somebody, or the role alone."""
    door, _colon, person = actor.partition(":")
    if door == "cli":
        return str(_("%(person)s, at the command line", person=person))
    return names.get(actor, actor)
