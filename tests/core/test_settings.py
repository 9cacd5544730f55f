"""Production says what it lacks; development starts with nothing set."""

from pathlib import Path

import pytest

from config import BadSettings, from_environment

WHOLE = {
    "APP_ENV": "production",
    "SECRET_KEY": "s" * 40,
    "DATA_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "BASE_URL": "https://unknot.example/",
}


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATA_KEYS", "BASE_URL"])
def test_production_names_what_is_missing(name: str, tmp_path: Path) -> None:
    given = {key: value for key, value in WHOLE.items() if key != name}
    with pytest.raises(BadSettings, match=name):
        from_environment({**given, "INSTANCE_PATH": str(tmp_path)})


def test_production_starts_when_it_is_whole(tmp_path: Path) -> None:
    settings = from_environment({**WHOLE, "INSTANCE_PATH": str(tmp_path)})
    assert settings.production
    assert settings.base_url == "https://unknot.example"


@pytest.mark.parametrize("url", ["unknot.example", "http://unknot.example", "https://", "javascript:alert(1)"])
def test_production_is_served_over_https(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="BASE_URL"):
        from_environment({**WHOLE, "BASE_URL": url, "INSTANCE_PATH": str(tmp_path)})


def test_what_signs_sessions_cannot_be_guessed(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="SECRET_KEY has at least 32"):
        from_environment({**WHOLE, "SECRET_KEY": "s" * 31, "INSTANCE_PATH": str(tmp_path)})


def test_the_folder_of_the_database_and_of_the_mails_is_nobody_elses(tmp_path: Path) -> None:
    from_environment({**WHOLE, "INSTANCE_PATH": str(tmp_path / "new")})
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_development_makes_its_secrets_once(tmp_path: Path) -> None:
    first, second = (from_environment({"INSTANCE_PATH": str(tmp_path)}) for _ in range(2))
    assert first.secret_key == second.secret_key
    assert first.data_keys == second.data_keys
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ENV", "prod"),
        ("DATA_KEYS", "short"),
        ("DATA_KEYS", ","),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "9"),
        ("LOG_LEVEL", "loud"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "two words that are long"),
        ("CONTACT_EMAIL", "help"),
        ("CONTACT_EMAIL", "help@unknot.example?subject=x"),
    ],
)
def test_what_cannot_be_meant_is_refused(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings):
        from_environment({name: value, "INSTANCE_PATH": str(tmp_path)})


def test_postgres_addresses_get_the_driver(tmp_path: Path) -> None:
    settings = from_environment({"DATABASE_URL": "postgres://u@h/d", "INSTANCE_PATH": str(tmp_path)})
    assert settings.database_url == "postgresql+psycopg://u@h/d"
