"""Who may call a route. Every view says so; a view that says nothing is refused at run time and by a guard test."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from flask import Flask, abort, current_app, request
from flask.typing import ResponseReturnValue

AUDIENCES = frozenset({"public", "patient", "therapist", "doctor", "editor", "admin", "development"})
View = TypeVar("View", bound=Callable[..., object])
RolesOfCaller = Callable[[], frozenset[str]]
Refuse = Callable[[frozenset[str]], ResponseReturnValue]


def audience(*names: str) -> Callable[[View], View]:
    """Declare that callers with any of the roles `names` may use the view; "public" is everybody."""
    unknown = set(names) - AUDIENCES
    if unknown or not names:
        raise ValueError(f"audience takes names from {sorted(AUDIENCES)}, not {sorted(unknown)}")

    def declare(view: View) -> View:
        view.__audience__ = frozenset(names)  # type: ignore[attr-defined]
        return view

    return declare


def declared(app: Flask, endpoint: str) -> frozenset[str]:
    """The audience of an endpoint; empty when none was declared. Third-party views are declared by endpoint."""
    named: dict[str, frozenset[str]] = app.extensions["unknot_audiences"]
    own: frozenset[str] = getattr(app.view_functions[endpoint], "__audience__", frozenset())
    return named.get(endpoint, own)


def init_app(app: Flask, roles_of_caller: RolesOfCaller, refuse: Refuse) -> None:
    """Refuse, before any view runs, whoever the route was not made for; `refuse` hears for whom it was."""
    app.extensions["unknot_audiences"] = {"static": frozenset({"public"})}

    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        allowed = declared(app, request.endpoint) if request.endpoint else frozenset({"public"})
        if not allowed:
            abort(403)
        return None if _may_enter(allowed, roles_of_caller) else refuse(allowed)


def _may_enter(allowed: frozenset[str], roles_of_caller: RolesOfCaller) -> bool:
    if "public" in allowed:
        return True
    if "development" in allowed:
        return not current_app.config["SETTINGS"].production
    return bool(allowed & roles_of_caller())


def declare_endpoints(app: Flask, names: Collection[str], endpoints: Iterable[str]) -> None:
    """Declare views that are not ours to decorate."""
    app.extensions["unknot_audiences"].update(dict.fromkeys(endpoints, frozenset(names)))
