"""Encryption at rest of what patients and doctors write (MultiFernet: the first key writes, all keys read)."""

from collections.abc import Sequence
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_box: MultiFernet | None = None


def use_keys(keys: Sequence[str]) -> None:
    """Install the data keys, newest first; ValueError when one is not 32 url-safe base64 bytes."""
    global _box
    _box = MultiFernet([Fernet(key) for key in keys])


def new_key() -> str:
    return Fernet.generate_key().decode()


def _keys() -> MultiFernet:
    if _box is None:
        raise RuntimeError("no data keys are installed: set DATA_KEYS")
    return _box


def encrypt(text: str) -> bytes:
    return _keys().encrypt(text.encode())


def decrypt(sealed: bytes) -> str:
    """The text again; ValueError when no installed key opens it."""
    try:
        return _keys().decrypt(sealed).decode()
    except InvalidToken as error:
        raise ValueError("none of the installed data keys opens this text") from error


def rotate(sealed: bytes) -> bytes:
    """The same text sealed with the newest key; ValueError when no installed key opens it."""
    try:
        return _keys().rotate(sealed)
    except InvalidToken as error:
        raise ValueError("none of the installed data keys opens this text") from error


class Sealed(str):
    """A text that is encrypted already: by somebody who will write it while others wait, and has the time now."""

    __slots__ = ("ciphertext",)
    ciphertext: bytes

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.ciphertext = encrypt(text)
        return made


class EncryptedText(TypeDecorator[str]):
    """A text column that is ciphertext in the database."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        if isinstance(value, Sealed):
            return value.ciphertext
        return None if value is None else encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else decrypt(bytes(value))
