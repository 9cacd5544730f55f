"""Which language a page is in: a deliberate choice (`?lang=es`, then kept) first, then the browser's."""

from pathlib import Path

from babel import Locale
from babel.support import Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import get_translations

TRANSLATIONS = Path(__file__).resolve().parents[1] / "translations"
LANGUAGES = ("en", *sorted(file.parts[-3] for file in TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")))
"""Only what is translated: half a page in another language helps nobody."""
YEAR = 365 * 24 * 3600


def select_locale() -> str:
    """The best of our languages for this request; English outside one."""
    if not has_request_context():
        return LANGUAGES[0]
    for chosen in (request.args.get("lang"), request.cookies.get("language")):
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def site_languages() -> list[tuple[str, str]]:
    """(code, its own name) of every language that there is."""
    return [(code, (Locale.parse(code).get_display_name(code) or code).capitalize()) for code in LANGUAGES]


def translations() -> Translations:
    """The words of the page's language, found once a page: the library finds them anew for each text."""
    locale = getattr(g, "babel_locale", None)
    known: tuple[object, Translations] | None = getattr(g, "unknot_words", None)
    if known is None or known[0] is not locale:
        words = get_translations()
        known = g.unknot_words = (getattr(g, "babel_locale", None), words)
    return known[1]


def init_app(app: Flask) -> None:
    """Goes after the library's own wiring, whose look-up of texts it replaces in templates."""
    app.add_template_global(site_languages)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: translations().ugettext(text),
        ngettext=lambda one, many, n: translations().ungettext(one, many, n),
        newstyle=True,
    )

    @app.after_request
    def keep_choice(response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in LANGUAGES:
            response.set_cookie("language", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure)
        return response
