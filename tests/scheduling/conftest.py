"""Zones are collected before any application exists, so their data is pinned here."""

from app.core.zones import use_pinned_zone_data

use_pinned_zone_data()
