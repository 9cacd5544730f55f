"""Unguessable links: 160 random bits, bound to a purpose, kept only as a hash."""

import hashlib
import hmac
import re
import secrets

TOKEN_BYTES = 20
_TOKEN = re.compile(r"[A-Za-z0-9_-]{27}")


def new_token() -> str:
    """A fresh token of 27 URL-safe characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(purpose: str, token: str) -> str:
    """What is stored in place of `token`. The purpose is hashed in, so that a token for one thing opens no other."""
    return hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()


def looks_like_token(text: object) -> bool:
    """Whether `text` has a token's shape at all; "", None, lists and SQL do not."""
    return isinstance(text, str) and _TOKEN.fullmatch(text) is not None


def new_code(digits: int = 6) -> str:
    """A code to be typed by hand, leading zeros kept."""
    return f"{secrets.randbelow(10**digits):0{digits}d}"


def same(left: str, right: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
