"""How often Python looks for reference cycles: what works in batches makes many objects, and few cycles."""

import gc

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def collect_rarely() -> None:
    """Look seldom from now on, and never again through what is there already: for a process's beginning."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 50, 50)
