"""The HTML door: one blueprint a feature."""

from flask import Flask

from app.web.ops.views import ops
from app.web.pages.views import pages


def init_app(app: Flask) -> None:
    for blueprint in (ops, pages):
        app.register_blueprint(blueprint)
