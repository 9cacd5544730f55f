"""Settings, read once from the environment. Development makes what it needs; production refuses to start without it."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parent


SHORTEST_SECRET = 32
"""Characters: more than 128 bits, written as hexadecimal digits or as letters."""


class BadSettings(RuntimeError):
    """The environment lacks something, or holds something that cannot be meant."""


@dataclass(frozen=True)
class Settings:
    """`production` is True only with APP_ENV=production; `testing` only with APP_ENV=testing."""

    environment: str
    instance: Path
    database_url: str
    redis_url: str | None
    secret_key: str
    data_keys: tuple[str, ...]
    mail_url: str | None
    base_url: str
    geocoder: str
    geocoder_options: str
    map_tile_url: str | None
    trusted_proxies: int
    log_level: str
    metrics_token: str | None = None
    contact_email: str | None = None

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def development(self) -> bool:
        return self.environment == "development"

    @property
    def security_email(self) -> str:
        """Whom to tell about a hole, or about an account that somebody took over."""
        return f"security@{urlsplit(self.base_url).hostname}"


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings; BadSettings says which variable to set, and to what."""
    given = os.environ if environ is None else environ
    environment = given.get("APP_ENV", "development")
    if environment not in ("development", "testing", "production"):
        raise BadSettings("APP_ENV is development, testing or production")
    instance = Path(given.get("INSTANCE_PATH") or ROOT / "instance")
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    production = environment == "production"
    port = given.get("PORT", "5000")
    return Settings(
        environment=environment,
        instance=instance,
        database_url=_database_url(given.get("DATABASE_URL") or f"sqlite:///{instance / 'unknot.db'}"),
        redis_url=given.get("REDIS_URL") or None,
        secret_key=_secret_key(given.get("SECRET_KEY"), production)
        or _kept(instance / "secret_key", production, "SECRET_KEY"),
        data_keys=tuple(_data_keys(given.get("DATA_KEYS") or _kept(instance / "data_keys", production, "DATA_KEYS"))),
        mail_url=given.get("MAIL_URL") or None,
        base_url=_base_url(given.get("BASE_URL"), production, port),
        geocoder=given.get("GEOCODER", "embedded"),
        geocoder_options=given.get("GEOCODER_OPTIONS", ""),
        map_tile_url=given.get("MAP_TILE_URL") or None,
        trusted_proxies=_count(given.get("TRUSTED_PROXIES", "0")),
        log_level=_log_level(given.get("LOG_LEVEL", "INFO")),
        metrics_token=_metrics_token(given.get("METRICS_TOKEN")),
        contact_email=_contact_email(given.get("CONTACT_EMAIL")),
    )


def _log_level(name: str) -> str:
    if name not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise BadSettings("LOG_LEVEL is DEBUG, INFO, WARNING or ERROR")
    return name


def _secret_key(text: str | None, production: bool) -> str | None:
    if text and production and len(text) < SHORTEST_SECRET:
        raise BadSettings(
            f"SECRET_KEY has at least {SHORTEST_SECRET} characters, drawn at random (docs/production.md says how)"
        )
    return text or None


def _metrics_token(text: str | None) -> str | None:
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise BadSettings("METRICS_TOKEN is at least 16 letters and digits, or is not set: then nobody reads /metrics")
    return text or None


def _contact_email(text: str | None) -> str | None:
    if text and not re.fullmatch(r"[^\s@<>?&]+@[^\s@<>?&]+", text):
        raise BadSettings("CONTACT_EMAIL is the address that people write to: help@unknot.example")
    return text or None


def _database_url(url: str) -> str:
    """SQLAlchemy's spelling: psycopg 3 for PostgreSQL, and SQLite paths from the project's folder."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    path = url.removeprefix("sqlite:///")
    if path != url and path not in ("", ":memory:") and not path.startswith("/"):
        return f"sqlite:///{ROOT / path}"
    return url


def _base_url(url: str | None, production: bool, port: str) -> str:
    if url:
        parts = urlsplit(url)
        if parts.scheme not in ("https", "http") or not parts.netloc or (production and parts.scheme != "https"):
            raise BadSettings("BASE_URL is the public address, in production with https: https://unknot.example")
        return url.rstrip("/")
    if production:
        raise BadSettings("set BASE_URL to the public address, for example https://unknot.example")
    return f"http://127.0.0.1:{port}"


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 5:
        raise BadSettings("TRUSTED_PROXIES is how many proxies stand before us, 0 to 5")
    return int(text)


def _kept(path: Path, production: bool, name: str) -> str:
    """A secret that development makes once and keeps beside its database."""
    if production:
        raise BadSettings(f"set {name}: production does not start without it (docs/production.md)")
    if not path.exists():
        fresh = Fernet.generate_key().decode() if name == "DATA_KEYS" else secrets.token_urlsafe(32)
        handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(fresh)
        path.with_suffix(".new").replace(path)
    return path.read_text().strip()


def _data_keys(text: str) -> list[str]:
    keys = [key.strip() for key in text.split(",") if key.strip()]
    for key in keys:
        try:
            Fernet(key)
        except ValueError as error:
            raise BadSettings(
                "DATA_KEYS are Fernet keys (32 url-safe base64 bytes), comma-separated, newest first"
            ) from error
    if not keys:
        raise BadSettings("DATA_KEYS is empty")
    return keys
