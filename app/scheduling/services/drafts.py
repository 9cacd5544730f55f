"""Keeping a booking that is being filled in. `browser` is a secret that only this browser has."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.errors import Gone
from app.core.texts import N_
from app.core.tokens import looks_like_token, new_token, token_hash
from app.scheduling.draft import Draft, from_json, to_json
from app.scheduling.models import BookingDraft

LASTS = timedelta(hours=3)
MOST_DRAFTS = 10
ENDED = N_("This page was open too long, so what was typed is gone. Please choose the time again.")


def open_draft(session: Session, browser: str, draft: Draft, now: datetime) -> str:
    """Keep a new draft; the key of its address. The same browser's oldest ones make room."""
    key, whose = new_token(), token_hash("browser", browser)
    mine = select(BookingDraft.key_hash).where(BookingDraft.browser_hash == whose)
    older = session.scalars(mine.order_by(BookingDraft.expires_at.desc()).offset(MOST_DRAFTS - 1)).all()
    session.execute(delete(BookingDraft).where(BookingDraft.key_hash.in_(older)))
    session.add(
        BookingDraft(key_hash=_hash(browser, key), browser_hash=whose, expires_at=now + LASTS, sealed=to_json(draft))
    )
    session.flush()
    return key


def draft_of(session: Session, browser: str, key: object, now: datetime, *, lock: bool = False) -> Draft:
    """The draft behind an address; Gone when it has ended or belongs to another browser."""
    return from_json(_row(session, browser, key, now, lock=lock).sealed)


def change_draft(session: Session, browser: str, key: object, now: datetime, **changes: Any) -> Draft:
    """Replace some parts of a draft and leave the others, so that two tabs do not undo each other."""
    row = _row(session, browser, key, now, lock=True)
    draft = replace(from_json(row.sealed), **changes)
    row.sealed, row.expires_at = to_json(draft), now + LASTS
    session.flush()
    return draft


def finish_draft(session: Session, browser: str, key: object, now: datetime, sent: str) -> None:
    """The draft became a visit: forget what was typed, remember which visit, for a second press of the button."""
    before = draft_of(session, browser, key, now)
    kept = Draft(before.slug, before.service_id, before.location_id, before.starts_at, sent=sent)
    row = _row(session, browser, key, now, lock=True)
    row.sealed = to_json(kept)
    session.flush()


def sent_before(session: Session, browser: str, draft: Draft, now: datetime) -> str | None:
    """The visit that this browser made of another draft of the same time, in another tab say; None if it made none."""
    same = (draft.slug, draft.service_id, draft.location_id, draft.at)
    for each in _drafts_of(session, browser, now):
        if each.sent and (each.slug, each.service_id, each.location_id, each.at) == same:
            return each.sent
    return None


def said_yes_before(session: Session, browser: str, slug: str, now: datetime) -> list[str]:
    """The questions that this browser answered yes in its unsent drafts for the same therapist."""
    unsent = [draft for draft in _drafts_of(session, browser, now) if draft.slug == slug and not draft.sent]
    yes = {name for draft in unsent for name, given in draft.answers.items() if given}
    return sorted(yes.union(*(draft.before for draft in unsent), *(draft.changed for draft in unsent)))


def forget_old_drafts(session: Session, now: datetime) -> None:
    session.execute(
        delete(BookingDraft).where(BookingDraft.expires_at <= now), execution_options={"synchronize_session": False}
    )


def forget_drafts_of(session: Session, browser: str) -> None:
    """What somebody typed here who wants to leave nothing behind."""
    session.execute(delete(BookingDraft).where(BookingDraft.browser_hash == token_hash("browser", browser)))


def _drafts_of(session: Session, browser: str, now: datetime) -> list[Draft]:
    query = select(BookingDraft).where(
        BookingDraft.browser_hash == token_hash("browser", browser), BookingDraft.expires_at > now
    )
    return [from_json(row.sealed) for row in session.scalars(query)]


def _row(session: Session, browser: str, key: object, now: datetime, *, lock: bool) -> BookingDraft:
    row = None
    if looks_like_token(key):
        query = select(BookingDraft).where(BookingDraft.key_hash == _hash(browser, str(key)))
        row = session.scalars(query.with_for_update() if lock else query).first()
    if row is None or row.expires_at <= now:
        raise Gone(ENDED, code="draft-ended")
    return row


def _hash(browser: str, key: str) -> str:
    return token_hash(f"draft:{browser}", key)
