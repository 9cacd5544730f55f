"""The HTML door: one blueprint a feature."""

from flask import Flask

from app.web import formatting
from app.web.accounts import security
from app.web.accounts.views import account
from app.web.articles.editing import editing
from app.web.articles.guides import guides
from app.web.articles.helper import helper
from app.web.articles.views import articles
from app.web.assets.views import assets
from app.web.dev.views import dev
from app.web.directory.views import directory
from app.web.finder.views import finder
from app.web.ops.views import ops
from app.web.pages.views import pages
from app.web.robots.views import robots

BLUEPRINTS = (
    ops,
    pages,
    account,
    assets,
    dev,
    articles,
    editing,
    guides,
    helper,
    finder,
    directory,
    robots,
)


def init_app(app: Flask) -> None:
    formatting.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    security.init_app(app)
