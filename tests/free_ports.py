"""Free ports for tests: each of the workers that run beside each other looks in blocks of its own."""

import os

from services.runtime.local import ports

WORKERS = 8


def free_base(*taken: int) -> int:
    """A base whose ports are free, in a block where no other worker looks, and none of those `taken`."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    blocks = range(20000, 32000, ports.BLOCK)[worker % WORKERS :: WORKERS]
    start = os.getpid() % len(blocks)
    return ports.free_base([base for base in (*blocks[start:], *blocks[:start]) if base not in taken])
