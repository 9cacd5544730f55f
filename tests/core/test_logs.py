"""Every line of the log, ours and the libraries', is one JSON object with the same names."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.core import logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_our_lines_and_the_libraries_have_the_same_names(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    structlog.contextvars.bind_contextvars(request_id="r-1")
    logs.logger("unknot.test").warning("late", seconds=3, what=Exception)
    logging.getLogger("library").warning("%s left", 2)
    structlog.contextvars.clear_contextvars()
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["logger"], ours["level"], ours["seconds"]) == ("late", "unknot.test", "warning", 3)
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("2 left", "library", "warning")
    assert ours["request_id"] == theirs["request_id"] == "r-1"
    assert str(ours["timestamp"]).endswith("Z")
    assert str(theirs["timestamp"]).endswith("Z")


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True, level="WARNING")
    logs.logger("unknot.test").info("request")
    logging.getLogger("library").info("request")
    assert lines(capsys) == []


def test_an_exception_is_written_on_the_same_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    try:
        raise ValueError("broken")
    except ValueError:
        logs.logger("unknot.test").exception("failed")
    (line,) = lines(capsys)
    assert "ValueError: broken" in str(line["exception"])
