"""Many rows at once arrive as they were given, however many there are."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, select
from sqlalchemy.orm import Session

from app.core.bulk import TOGETHER, insert_rows

NUMBERS = Table("number", MetaData(), Column("id", Integer, primary_key=True), Column("word", String))


@pytest.mark.parametrize("count", [0, 1, TOGETHER - 1, TOGETHER, TOGETHER + 1, 2 * TOGETHER + 50])
def test_rows_of_any_number(count: int) -> None:
    rows = [(f"word {number}", number) for number in range(count)]
    engine = create_engine("sqlite://")
    with Session(engine) as session:
        NUMBERS.create(session.connection())
        insert_rows(session, NUMBERS, ("word", "id"), rows)
        assert session.execute(select(NUMBERS.c.word, NUMBERS.c.id).order_by(NUMBERS.c.id)).all() == rows
    engine.dispose()
