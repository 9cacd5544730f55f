"""What tests need of the system besides Python: without it they are skipped, aloud; with CI=true they fail instead."""

import ctypes.util
import os
import shutil
from collections.abc import Iterator

import pytest

from tests.support.chromium import chromium_path

PACKAGES = {"zbarimg": "zbar-tools", "pangoft2-1.0": "libpangoft2-1.0-0"}
"""In which of Debian's packages a program or library is, where that has another name."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("CI") == "true":
        return
    for item in items:
        for name in _needed(item):
            if not _is_here(name):
                item.add_marker(pytest.mark.skip(reason=f"no {name} found: install {PACKAGES.get(name, name)}"))


def _needed(item: pytest.Item) -> Iterator[str]:
    if item.get_closest_marker("browser"):
        yield "chromium"
    if item.get_closest_marker("redis"):
        yield "redis-server"
    for marker in item.iter_markers("needs"):
        yield from marker.args


def _is_here(name: str) -> bool:
    if name == "chromium":
        return chromium_path() is not None
    return bool(shutil.which(name) or ctypes.util.find_library(name))
