"""Who books, and how they are reached: checked and brought to one form."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.core.errors import Invalid
from app.core.texts import one_line

NOWHERE: Final = "erased@erased.invalid"
"""The address of who was erased: a booking must be reachable, and this one never is (RFC 2606)."""

COMMON_HOSTS: Final = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "live.com",
    "msn.com",
    "comcast.net",
    "proton.me",
    "verizon.net",
    "att.net",
)


LONGEST_EMAIL: Final = 254
_PLAIN: Final = re.compile(r"(?=.{1,64}@)([a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*)@([a-z0-9.-]+)", re.ASCII)
"""Of most addresses only the host needs a closer look, and many share it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The person who books. `visit_for` names somebody else who comes; `address` is for home visits."""

    name: str
    email: str | None = None
    phone: str | None = None
    visit_for: str = ""
    address: str | None = None
    locale: str = "en"

    @property
    def email_key(self) -> str | None:
        return email_key(self.email) if self.email else None


def email_key(email: str) -> str:
    """What makes two spellings of an address the same one."""
    return email.strip().casefold()


def checked(contact: Contact, country: str) -> Contact:
    """The contact with its parts brought to one form; Invalid names the field that is wrong."""
    return with_phone(tidied(contact), country)


def wrong(contact: Contact, country: str) -> list[Invalid]:
    """What is wrong with name, address and number: all at once, where `checked` stops at the first."""
    found = []
    checks: tuple[Callable[[], object], ...] = (
        lambda: read_name(contact.name),
        lambda: contact.email and read_email(contact.email),
        lambda: with_phone(contact, country),
    )
    for check in checks:
        try:
            check()
        except Invalid as error:
            found.append(error)
    return found


def tidied(contact: Contact) -> Contact:
    """All of it but the phone number, which is read as one of the therapist's country."""
    name = read_name(contact.name)
    if not contact.email and not contact.phone:
        raise Invalid("Please leave an e-mail address or a phone number.", field="email", code="contact-needed")
    return replace(
        contact,
        name=name,
        phone=contact.phone or None,
        email=read_email(contact.email) if contact.email else None,
        visit_for=one_line(contact.visit_for)[:120],
        address=read_address(contact.address, needed=False),
    )


def with_phone(contact: Contact, country: str) -> Contact:
    """The contact with its number in international form."""
    return replace(contact, phone=_phone(contact.phone, country)) if contact.phone else contact


def read_name(text: str) -> str:
    """The name in one line; Invalid when nothing of it can be seen."""
    name = one_line(text)
    if not name or len(name) > 120:
        raise Invalid("Please tell us your name.", field="name", code="name-needed")
    return name


def read_address(text: str | None, *, needed: bool) -> str | None:
    """Where to come to; Invalid when there is nothing and it is `needed`."""
    address = (text or "").strip()[:300] or None
    if needed and address is None:
        raise Invalid("Please give the address to come to.", field="address", code="address-needed")
    return address


def read_email(text: str) -> str:
    """The address in one form; Invalid when it can be none."""
    wanted = text.strip()
    plain = _PLAIN.fullmatch(wanted)
    try:
        return f"{plain[1]}@{_host(plain[2])}" if plain and len(wanted) <= LONGEST_EMAIL else _email(wanted)
    except EmailNotValidError as error:
        raise Invalid("This does not look like an e-mail address.", field="email", code="email-wrong") from error


@lru_cache(maxsize=1024)
def _host(of: str) -> str:
    return _email(f"a@{of}").removeprefix("a@")


def _email(text: str) -> str:
    return str(validate_email(text, check_deliverability=False, test_environment=True).normalized)


def _phone(text: str, country: str) -> str:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        raise Invalid("This does not look like a phone number.", field="phone", code="phone-wrong") from error
    if not phonenumbers.is_possible_number(number):
        raise Invalid("This does not look like a phone number.", field="phone", code="phone-wrong")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email_hint(email: str) -> str | None:
    """What was perhaps meant: gmail.com for gmial.com; None when the host is known or nothing is close."""
    local, _, host = email.strip().rpartition("@")
    if not local or host.casefold() in COMMON_HOSTS:
        return None
    close = get_close_matches(host.casefold(), COMMON_HOSTS, n=1, cutoff=0.8)
    return f"{local}@{close[0]}" if close else None
