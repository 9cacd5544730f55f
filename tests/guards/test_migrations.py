"""The migrations make exactly the tables that the models describe, in one line of descent."""

import pytest
from flask import Flask

from app.factory import alembic

pytestmark = pytest.mark.databases


def test_models_and_migrations_agree(app: Flask) -> None:
    with app.app_context():
        differences = [each for each in alembic.compare_metadata() if not _is_ours_by_hand(each)]
    assert not differences, f"make a migration: {differences}"


def _is_ours_by_hand(difference: object) -> bool:
    """Full-text tables are made by hand, because no model can say them."""
    return "_fts" in str(difference)


def test_there_is_one_head(app: Flask) -> None:
    with app.app_context():
        assert len(alembic.script_directory.get_heads()) == 1
