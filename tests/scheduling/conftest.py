"""Zones are collected before any application exists, so their data is pinned here."""

import pytest
from sqlalchemy.orm import Session

from app.core.zones import use_pinned_zone_data
from tests.scheduling.world import World

use_pinned_zone_data()


@pytest.fixture
def world(session: Session) -> World:
    return World.make(session)
