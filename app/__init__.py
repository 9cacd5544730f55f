"""Unknot. Importing any part of it pins the time zone data first (DESIGN §3, Time)."""

import sys
from typing import TYPE_CHECKING

from app.core.garbage import collect_seldom
from app.core.zones import use_pinned_zone_data

if TYPE_CHECKING:
    from flask import Flask

use_pinned_zone_data()


ALONE = frozenset({"import", "places"})
"""Commands that need no pages: `app.cli.alone` has them."""


def create_app() -> "Flask":
    """The application as `flask --app app` finds it; imported late so that pure rooms stay free of Flask."""
    if ALONE.intersection(sys.argv[1:]):
        collect_seldom()
        from app.cli.alone import create_app as build
    else:
        from app.factory import create_app as build

    return build()
