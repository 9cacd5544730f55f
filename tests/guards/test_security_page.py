"""docs/security.md says what the code does."""

import re
from datetime import timedelta
from pathlib import Path

from app.accounts import guarded, lifetimes, passwords
from app.core import fetching, tokens
from app.core.crypto import EncryptedText
from app.directory import photos, pictures
from app.directory.services import evidence
from app.doors.limits import LIMITS
from app.referrals import drafts as referral_drafts
from app.referrals.fhir import parsing
from app.scheduling import deadlines
from app.scheduling.services import drafts, idempotency, visits_link
from app.tables import Base
from app.web.accounts import known_browsers, limits, settings
from config import ROOT, SHORTEST_SECRET

PAGE = " ".join((ROOT / "docs" / "security.md").read_text().split())
CRYPTOGRAPHY = re.compile(
    r"^\s*(?:import|from) (?:hashlib|hmac|secrets|ssl|cryptography|itsdangerous|passlib)\b|hash_password|verify_password",
    re.M,
)


def hours(length: timedelta) -> int:
    return round(length / timedelta(hours=1))


def test_the_numbers_are_those_of_the_code() -> None:
    mb = 1024 * 1024
    said = [
        f"ends after {hours(lifetimes.USUAL.in_all)} hours, or {hours(lifetimes.USUAL.idle)} unused",
        f"*Keep me signed in* after {lifetimes.KEPT.in_all.days} days, however often it is used",
        f"sign in again after {hours(guarded.FRESH_FOR)} hours",
        f"password again after {settings.FIXED['FRESHNESS'].total_seconds() / 60:.0f} minutes",
        f"At least {passwords.ALONE_MIN} characters, or {passwords.WITH_SECOND_FACTOR_MIN} beside a second factor",
        f"up to {passwords.LONGEST}; any characters",
        f"below {passwords.WEAKEST_ALLOWED} of 4",
        ", ".join(f"*{word}*" for word in passwords.OUR_WORDS),
        f"judged on {passwords.JUDGED} characters",
        f"a new password {hours(settings.FIXED['RESET_PASSWORD_WITHIN'])} hours",
        f"an address to confirm {hours(settings.FIXED['CONFIRM_EMAIL_WITHIN'])} hours",
        f"*my visits* {hours(visits_link.LASTS)} hour",
        f"signed in within {known_browsers.LASTS.days} days",
        f"random key of {tokens.TOKEN_BYTES * 8} bits",
        f"({fetching.Gate().seconds} s, {fetching.Gate().most_bytes // mb} MB, {fetching.MOST_HOPS} redirects",
        f"Pictures: {photos.MOST_BYTES // mb} MB, {pictures.MOST_PIXELS // 1_000_000} million pixels",
        f"FHIR JSON of {parsing.MOST_BYTES // 1024} KB, {parsing.MOST_DEPTH} levels deep",
        f"Drafts of a booking {hours(drafts.LASTS)} hours, of a referral {referral_drafts.LASTS.days} days",
        f"Keys of repeated requests {hours(idempotency.KEPT)} hours",
        f"Waiting-list places {deadlines.FORGOTTEN.days} days",
        f"at least {SHORTEST_SECRET} characters",
    ]
    assert evidence.MOST_BYTES == photos.MOST_BYTES
    assert [each for each in said if each not in PAGE] == []


def test_the_rate_limits_are_those_of_the_code() -> None:
    by_form = {name: [cap for cap, _key in rules] for name, rules in limits.GUESSES.items()}
    told = {
        "wrong passwords from one network": by_form["login"][0],
        "wrong passwords for one e-mail address": by_form["login"][1],
        "wrong codes of one person": by_form["two_factor_token_validation"][0],
        "wrong recovery codes of one person": by_form["mf_recovery"][0],
        "account mails to one address": limits.MAILS_TO_ONE_ADDRESS,
        "account mails from one network": limits.MAILS_FROM_ONE_NETWORK,
        "bookings": LIMITS["LIMIT_BOOK"],
        "requests by telephone number alone": LIMITS["LIMIT_PHONE"],
        "mails that a visitor may cause": LIMITS["LIMIT_MAIL"],
        "calendars to be fetched": LIMITS["LIMIT_FETCH"],
    }
    assert [what for what, cap in told.items() if f"| {what} | {cap} |" not in PAGE] == []


def test_the_inventory_names_every_module_with_cryptography() -> None:
    used = {
        str(path.relative_to(ROOT))
        for path in [*(ROOT / "app").rglob("*.py"), ROOT / "config.py"]
        if CRYPTOGRAPHY.search(path.read_text())
    }
    inventory = PAGE.partition("## Cryptography")[2].partition("## ASVS")[0]
    assert used == set(re.findall(r"`((?:app/|config)[\w/.]*\.py)`", inventory)), "keep the inventory in step"


def test_the_encrypted_columns_are_named() -> None:
    told = PAGE.partition("Encrypted columns:")[2].partition("Thought of")[0]
    for table in Base.metadata.sorted_tables:
        if any(isinstance(column.type, EncryptedText) for column in table.columns):
            assert f"`{table.name}`" in told, table.name


def test_every_file_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:app|tests|docs)/[\w/.]+)`", PAGE)
    assert len(named) > 60
    assert [each for each in named if not Path(ROOT / each).exists()] == []
