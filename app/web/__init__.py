"""The HTML door: one blueprint a feature."""

from flask import Flask

from app.web import formatting
from app.web.accounts import second_step, security  # noqa: F401 - the former puts its routes on the blueprint
from app.web.accounts.views import account
from app.web.admin.views import admin
from app.web.articles.editing import editing
from app.web.articles.guides import guides
from app.web.articles.helper import helper
from app.web.articles.views import articles
from app.web.assets.views import assets
from app.web.calendars.views import calendars
from app.web.dev.mailbox import mailbox
from app.web.dev.views import dev
from app.web.directory.views import directory
from app.web.finder.views import finder
from app.web.ops.views import ops
from app.web.pages.views import pages
from app.web.practice.views import media, practice
from app.web.referrals import (  # noqa: F401 - they put their routes on the blueprint
    choosing,
    letter_list,
    making,
    picking,
    start,
    views,
)
from app.web.referrals.patient import referral
from app.web.referrals.room import referring
from app.web.referrals.therapist import referred
from app.web.referrals.visit_answers import visit_answers
from app.web.robots.views import robots
from app.web.scheduling.book import booking
from app.web.scheduling.help import help_now
from app.web.scheduling.mine import mine
from app.web.scheduling.times import times
from app.web.scheduling.visit import visits
from app.web.scheduling.waitlist import waitlist

BLUEPRINTS = (
    ops,
    pages,
    account,
    assets,
    dev,
    mailbox,
    articles,
    editing,
    guides,
    helper,
    finder,
    directory,
    practice,
    media,
    calendars,
    admin,
    robots,
    times,
    booking,
    help_now,
    mine,
    visits,
    waitlist,
    referring,
    referral,
    visit_answers,
    referred,
)


def init_app(app: Flask) -> None:
    formatting.init_app(app)
    picking.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    security.init_app(app)
