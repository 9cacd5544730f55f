"""Which language a page is in: a deliberate choice first, then the browser's."""

from flask import has_request_context, request

LANGUAGES = ("en", "es")


def select_locale() -> str:
    """The best of our languages for this request; English outside one."""
    if not has_request_context():
        return LANGUAGES[0]
    chosen = request.cookies.get("language", "")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
