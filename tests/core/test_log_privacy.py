"""What an error in the log may not repeat."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

pytestmark = pytest.mark.databases


def test_an_error_of_the_database_does_not_repeat_what_it_was_given(session: Session) -> None:
    with pytest.raises(DBAPIError) as raised:
        session.execute(text("SELECT no_such_column FROM booking WHERE name = :name"), {"name": "Pat Example"})
    assert "Pat Example" not in str(raised.value)
