"""How steady the machine is: the same work over and over."""

import time

from bench.timing import quantile

REPEATS = 40


def measure() -> dict[str, float]:
    """Milliseconds of a fixed loop. `spread` is p90 over p10: 1.0 is a quiet machine."""
    took = sorted(_loop() for _ in range(REPEATS))
    low, middle, high = (quantile(took, share) for share in (0.1, 0.5, 0.9))
    return {
        "p10_ms": round(low, 3),
        "p50_ms": round(middle, 3),
        "p90_ms": round(high, 3),
        "spread": round(high / low, 3),
    }


def _loop() -> float:
    began = time.perf_counter_ns()
    total = 0
    for number in range(100_000):
        total += number * number % 7
    return (time.perf_counter_ns() - began) / 1e6
