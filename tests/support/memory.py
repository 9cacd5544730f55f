"""Files of tests in memory: nothing that they write must outlive the machine, and on a disk each commit waits for it."""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 2 * 1024**3
"""Bytes free. A whole run takes a few hundred megabytes; a container often has only 64 there, and keeps to its disk."""


def write_to_memory() -> None:
    """For this process and those that it starts, unless TMPDIR says where else."""
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK | os.X_OK):
        return
    if shutil.disk_usage(MEMORY).free >= ENOUGH:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None
