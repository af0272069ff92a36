"""What a drill measured, from what on-call shows of it: seconds from its beginning to each rung and to the answer."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.cli.casewords import short, words

_RUNGS = ("sent", "delivered", "read")


def measured(told: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a drill; None for what has not happened."""
    began, traces = told["opened_at"], told["traces"]
    firsts = {f"first_{rung}_seconds": _first(began, (one["said"].get(rung) for one in traces)) for rung in _RUNGS}
    return {
        "alert_id": told["alert_id"],
        "began_at": began,
        **firsts,
        "answered_seconds": _first(began, [told["answered_at"]]),
        "pages": [dict(one) for one in traces],
    }


def is_answered(facts: Mapping[str, Any]) -> bool:
    """Whether the drill is over."""
    return facts["answered_seconds"] is not None


def sentences(facts: Mapping[str, Any]) -> Iterable[str]:
    """The same for a terminal."""
    for rung in _RUNGS:
        yield _took(f"first page {rung}", facts[f"first_{rung}_seconds"])
    yield _took("answered", facts["answered_seconds"])
    for one in facts["pages"]:
        told = short(one["recipient"]) if one["recipient"] else "nobody"
        yield f"  to {told} by {words(one['way'])}: {one['stands']}" + (f" ({one['reason']})" if one["reason"] else "")


def _took(what: str, seconds: float | None) -> str:
    return f"{what}: not yet" if seconds is None else f"{what}: after {seconds:.1f} s"


def _first(began: str, moments: Iterable[str | None]) -> float | None:
    times = [datetime.fromisoformat(moment) for moment in moments if moment]
    return (min(times) - datetime.fromisoformat(began)).total_seconds() if times else None
