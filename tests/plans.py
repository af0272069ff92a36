"""What PostgreSQL's plans say of the work that a question costs."""

from collections.abc import Iterator, Mapping
from typing import Any

Part = Mapping[str, Any]


def parts(plan: Part) -> Iterator[Part]:
    """A part of a plan (of `EXPLAIN (ANALYZE, FORMAT JSON)`), and every part below it."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from parts(inner)


def handled(part: Part) -> int:
    """So many rows it handed on or threw away."""
    thrown = sum(count for name, count in part.items() if name.startswith("Rows Removed"))
    return int((part["Actual Rows"] + thrown) * part["Actual Loops"])
