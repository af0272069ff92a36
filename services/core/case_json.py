"""A case's state as compact JSON text and back: what a store keeps between two batches."""

import json
from datetime import datetime
from typing import Any

from services.core.case import CaseState, Episode
from services.core.codes import MissingKind, Sector, YesNo
from services.core.ids import FactId
from services.core.indicators import Indicator


def to_json(state: CaseState) -> str:
    """The whole state, what is only remembered included; the same state always gives the same text."""
    return json.dumps(
        {
            "entries": state.entries,
            "last_occurred_at": _text(state.last_occurred_at),
            "sectors": sorted(state.sectors),
            "indicators": sorted(state.indicators),
            "unaccompanied": state.unaccompanied,
            "looked_after": state.looked_after,
            "missing_episodes": state.missing_episodes,
            "open_episodes": {k: [_text(v.since), v.kind] for k, v in sorted(state.open_episodes.items())},
            "found_at": _text(state.found_at),
            "kinship_claims": state.kinship_claims,
            "referred_at": _text(state.referred_at),
            "decided_at": _text(state.decided_at),
            "ended": sorted(state.ended),
        },
        separators=(",", ":"),
    )


def from_json(text: str) -> CaseState:
    """The state that `to_json` wrote.

    Raises:
        KeyError, ValueError: the text was not written by `to_json`.
    """
    kept: dict[str, Any] = json.loads(text)
    return CaseState(
        entries=kept["entries"],
        last_occurred_at=_moment(kept["last_occurred_at"]),
        sectors=frozenset(map(Sector, kept["sectors"])),
        indicators=frozenset(map(Indicator, kept["indicators"])),
        unaccompanied=YesNo(kept["unaccompanied"]),
        looked_after=kept["looked_after"],
        missing_episodes=kept["missing_episodes"],
        open_episodes={FactId(k): Episode(_moment(v[0]), MissingKind(v[1])) for k, v in kept["open_episodes"].items()},
        found_at=_moment(kept["found_at"]),
        kinship_claims=kept["kinship_claims"],
        referred_at=_moment(kept["referred_at"]),
        decided_at=_moment(kept["decided_at"]),
        ended=frozenset(map(FactId, kept["ended"])),
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
