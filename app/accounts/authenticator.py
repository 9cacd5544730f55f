"""Keys of authenticator apps: made, sealed with the data keys, sealed anew when those change."""

import hashlib
from collections.abc import Sequence

from passlib.totp import TOTP, AppWallet

ISSUER = "Unknot"


def factory(data_keys: Sequence[str]) -> type[TOTP]:
    """What makes and opens keys: the newest data key (the first) seals, all of them open.

    Each is known by a tag made from itself, so that it is found again whichever keys stand beside it. The numbers are
    for what was sealed before there were such tags: then the oldest key was "1".
    """
    tagged = {tag(key): _secret(key) for key in data_keys}
    numbered = {str(number): _secret(key) for number, key in enumerate(reversed(data_keys), start=1)}
    wallet = AppWallet({**numbered, **tagged}, default_tag=tag(data_keys[0]))
    made: type[TOTP] = TOTP.using(issuer=ISSUER, wallet=wallet)
    return made


def tag(data_key: str) -> str:
    return "k" + hashlib.sha256(f"totp-tag:{data_key}".encode()).hexdigest()[:16]


def _secret(data_key: str) -> str:
    return hashlib.sha256(f"totp:{data_key}".encode()).hexdigest()


def new_key(made_by: type[TOTP]) -> str:
    """A fresh key, sealed."""
    return str(made_by.new().to_json(encrypt=True))


def sealed_anew(made_by: type[TOTP], sealed: str) -> str:
    """The same key under the newest data key; ValueError when none opens it."""
    try:
        return str(made_by.from_source(sealed).to_json(encrypt=True))
    except (KeyError, ValueError) as error:
        raise ValueError("none of the installed data keys opens this authenticator key") from error
