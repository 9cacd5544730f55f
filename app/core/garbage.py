"""The garbage collector in a process that makes many objects and ends."""

import atexit
import gc

OBJECTS = 500_000
"""How many new objects make it look for garbage: reference counts free nearly all of ours before."""


def collect_seldom() -> None:
    """Walk the whole application neither again and again while rows are made, nor once more to leave.

    What is there at the end, the system takes back at once; to free it piece by piece takes a third of a second.
    """
    gc.freeze()
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
    atexit.register(gc.freeze)
