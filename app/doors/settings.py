"""Flask's own settings and its extensions', from ours."""

from datetime import timedelta
from typing import Any

from config import ROOT, Settings


def flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "testing",
        # What a statement carries are names, addresses and numbers: an error in the log must not repeat them.
        "SQLALCHEMY_ENGINES": {"default": {"url": settings.database_url, "hide_parameters": True}},
        "ALEMBIC": {
            "script_location": str(ROOT / "migrations"),
            "version_locations": [str(ROOT / "migrations" / "versions")],
        },
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https://"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "__Host-unknot" if settings.base_url.startswith("https://") else "unknot",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        "WTF_CSRF_TIME_LIMIT": None,
        # Pages behind a mailed link send no Referer, which the strict check would demand; the token is checked anyway.
        "WTF_CSRF_SSL_STRICT": False,
        "MAX_CONTENT_LENGTH": 6 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 512 * 1024,
        "BABEL_DEFAULT_LOCALE": "en",
        "SITEMAP_SECONDS": 0 if settings.environment == "testing" else 3600,
    }
