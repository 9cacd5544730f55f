"""Which language a page is in: a deliberate choice (`?lang=es`, then kept) first, then the browser's."""

from datetime import timedelta
from urllib.parse import urlencode

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, Response, has_request_context, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.wrappers import Response as AnyResponse

from app.core import catalogues
from app.core.errors import DomainError
from app.core.texts import in_words
from app.doors import cookies

YEAR = timedelta(days=365)


class Catalogues(Domain):  # type: ignore[misc]
    def get_translations(self) -> NullTranslations:
        return catalogues.texts(language())


class Languages(Babel):  # type: ignore[misc]
    domain_instance = Catalogues()


def select_locale() -> str:
    """The best of our languages for this request; English outside one."""
    if not has_request_context():
        return catalogues.ENGLISH
    for chosen in (request.args.get("lang"), cookies.kept("language")):
        if chosen in catalogues.LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(catalogues.LANGUAGES) or catalogues.ENGLISH


def language() -> str:
    """The language of the page that is being made."""
    locale = get_locale()
    return locale.language if locale else catalogues.ENGLISH


def said(what: DomainError | str) -> str:
    """What an error or a sentence of the house says, in the page's language."""
    text = what.message if isinstance(what, DomainError) else what
    return in_words(text, catalogues.texts(language()).gettext) if text else ""


def site_languages() -> list[tuple[str, str]]:
    """(code, its own name) of every language that there is."""
    return [(code, (Locale.parse(code).get_display_name(code) or code).capitalize()) for code in catalogues.LANGUAGES]


def in_language(code: str) -> str:
    """The address of this page in another language: the rest of its query stays. Home, where nobody can look again."""
    rule = request.url_rule
    if rule is not None and "GET" not in (rule.methods or ()):
        return f"/?lang={code}"
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return "?" + urlencode([*kept, ("lang", code)])


def init_app(app: Flask) -> None:
    Languages().init_app(app, locale_selector=select_locale)
    app.add_template_global(get_locale)
    app.add_template_global(site_languages)
    app.add_template_global(in_language)
    app.add_template_filter(said)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogues.texts(language()).gettext(text),
        ngettext=lambda one, many, n: catalogues.texts(language()).ngettext(one, many, n),
        newstyle=True,
        pgettext=lambda context, text: catalogues.texts(language()).pgettext(context, text),
    )
    app.after_request(_say_language)
    app.after_request(_keep_choice)


def _say_language(response: Response) -> Response:
    """A cache must not show one language's page to readers of another."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Language", language())
        response.vary.update(("Accept-Language", "Cookie"))
    return response


def _keep_choice(response: Response) -> Response:
    chosen = request.args.get("lang")
    if chosen in catalogues.LANGUAGES:
        keep(response, str(chosen))
    return response


def keep(response: AnyResponse, chosen: str) -> None:
    """Let this browser remember a language for a year."""
    cookies.keep(response, "language", chosen, YEAR)
