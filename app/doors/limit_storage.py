"""Counters of the rate limits, in memory. The library's own store starts a thread every hundredth of a second while
requests come, and each walks through all counters; this one looks them over once a minute, in passing."""

import threading
import time
from typing import Any

from limits.storage import Storage

BETWEEN_SWEEPS = 60.0


class Counters(Storage):
    """Fixed windows: of each key, how often in this one and when it ends (seconds since 1970)."""

    STORAGE_SCHEME = ["unknot-memory"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._counts: dict[str, tuple[int, float]] = {}
        self._lock = threading.Lock()
        self._sweep_at = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        with self._lock:
            if now > self._sweep_at:
                self._sweep(now)
            count, ends = self._counts.get(key, (0, 0.0))
            count, ends = (count + amount, ends) if ends > now else (amount, now + expiry)
            self._counts[key] = count, ends
        return count

    def get(self, key: str) -> int:
        count, ends = self._counts.get(key, (0, 0.0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        with self._lock:
            count = len(self._counts)
            self._counts.clear()
        return count

    def clear(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)

    def _sweep(self, now: float) -> None:
        self._counts = {key: window for key, window in self._counts.items() if window[1] > now}
        self._sweep_at = now + BETWEEN_SWEEPS
