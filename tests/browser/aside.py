"""Playwright keeps an event loop running in the main thread, where the database's asynchronous teardown then refuses to run:
whatever opens an application context is done `aside`, in a thread of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def aside(action: Callable[[], Result]) -> Result:
    with ThreadPoolExecutor(1) as own:
        return own.submit(action).result()
