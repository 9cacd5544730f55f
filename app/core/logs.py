"""Structured logs: one JSON object a line in production, readable lines in development."""

import logging
import sys
from typing import Any

import orjson
import structlog
from structlog.typing import FilteringBoundLogger, Processor


def configure(*, as_json: bool, level: str = "INFO") -> None:
    """Send our loggers and the standard library's to standard error, in one form.

    Ours go straight there, and what is below `level` (a name of `logging`) costs nothing: every request leaves a line.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = _json if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, _name, structlog.processors.format_exc_info, renderer],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    _send_the_library(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        ),
        level,
    )


def logger(name: str) -> FilteringBoundLogger:
    """The logger of one part of the house."""
    found: FilteringBoundLogger = structlog.get_logger(part=name)
    return found


def _send_the_library(formatter: logging.Formatter, level: str) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("alembic").setLevel("WARNING")


def _name(_logger: object, _method: str, event: Any) -> Any:
    """The libraries' lines call it `logger`, a name that the makers of loggers keep for themselves."""
    event["logger"] = event.pop("part")
    return event


def _json(_logger: object, _method: str, event: Any) -> str:
    return orjson.dumps(event, default=repr).decode()
