"""What every command shares: domain errors become one line on standard error and exit code 1 (2 for bad input)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import click

from app.core.errors import DomainError, Invalid

Result = TypeVar("Result")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a DomainError into a short message and an exit code; anything else is a defect and keeps its trace."""
    try:
        yield
    except DomainError as error:
        click.echo(f"error: {error.message}", err=True)
        raise SystemExit(2 if isinstance(error, Invalid) else 1) from error


def with_plain_errors(command: Callable[..., Result]) -> Callable[..., Result]:
    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Result:
        with plain_errors():
            return command(*args, **kwargs)

    return wrapped


def report(facts: dict[str, Any], *, as_json: bool) -> None:
    """Print counts for a person, or one JSON document for a program."""
    if as_json:
        click.echo(json.dumps(facts, default=str))
        return
    for name, value in facts.items():
        shown = f"{value:,}" if isinstance(value, int) else value
        click.echo(f"{name.replace('_', ' ')}: {shown}")
