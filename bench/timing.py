"""Timing of calls, in milliseconds."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of numbers in order."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def each(work: Callable[[Item], object], items: Iterable[Item]) -> list[float]:
    """How long the work takes for each item, in order of the items."""
    took = []
    for item in items:
        began = time.perf_counter_ns()
        work(item)
        took.append((time.perf_counter_ns() - began) / 1e6)
    return took


def summary(took: Sequence[float]) -> dict[str, float]:
    ordered = sorted(took)
    return {
        "n": len(ordered),
        "p50_ms": round(quantile(ordered, 0.5), 4),
        "p90_ms": round(quantile(ordered, 0.9), 4),
        "p99_ms": round(quantile(ordered, 0.99), 4),
    }


def interleaved(
    works: dict[str, Callable[[Item], object]], items: Sequence[Item], rounds: int = 1
) -> dict[str, list[float]]:
    """Several works on the same items, taking turns, so that a slow moment of the machine hits all alike."""
    took: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for item in items:
            for name, work in works.items():
                took[name] += each(work, [item])
    return took
