"""When the garbage collector looks: reference counts free nearly all of what we make before it does."""

import atexit
import gc

WHILE_ROWS_ARE_MADE, WHILE_PAGES_ARE = 500_000, 50_000
"""After how many new objects."""


def collect_seldom() -> None:
    """In a process that makes many rows and ends. It walks the whole application neither again and again, nor to leave.

    What is there at the end, the system takes back at once; to free it piece by piece takes a third of a second.
    """
    _look_after(WHILE_ROWS_ARE_MADE)
    atexit.register(gc.freeze)


def collect_between_pages() -> None:
    """In a server that has loaded everything: what is there stays, and no request waits while it is looked through."""
    gc.collect()
    _look_after(WHILE_PAGES_ARE)


def _look_after(objects: int) -> None:
    gc.freeze()
    gc.set_threshold(objects, *gc.get_threshold()[1:])
