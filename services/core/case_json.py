"""A case's state as compact JSON text and back: what a store keeps between two batches."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.core.case import CaseState, FactT, Spoken
from services.core.codes import FoundHow, MissingKind, Precision, Sector, YesNo
from services.core.facts import ChildFound, ChildMissing
from services.core.ids import FactId, OrgHandle
from services.core.indicators import Indicator
from services.core.responsible import Claims


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
            "reports": sorted(([*_who(one), one.fact.kind] for one in state.reports), key=str),
            "endings": sorted(([*_who(one), one.fact.how, one.fact.episode] for one in state.endings), key=str),
            "begun": {org: _text(until) for org, until in sorted(state.authorities.begun.items())},
            "ended": {org: _text(since) for org, since in sorted(state.authorities.ended.items())},
            "acting": sorted(state.authorities.acting),
            "kinship_claims": state.kinship_claims,
            "referred_at": _text(state.referred_at),
            "decided_at": _text(state.decided_at),
        },
        separators=(",", ":"),
    )


def from_json(text: str) -> CaseState:
    """The state that `to_json` wrote.

    Raises:
        KeyError, ValueError: the text was not written by `to_json`.
    """
    kept: dict[str, Any] = json.loads(text)
    if "reports" not in kept:
        kept |= _of_nobody_knows_whom(kept["open_episodes"])
    return CaseState(
        entries=kept["entries"],
        last_occurred_at=_moment(kept["last_occurred_at"]),
        sectors=frozenset(map(Sector, kept["sectors"])),
        indicators=frozenset(map(Indicator, kept["indicators"])),
        unaccompanied=YesNo(kept["unaccompanied"]),
        looked_after=kept["looked_after"],
        missing_episodes=kept["missing_episodes"],
        reports=frozenset(_report(*said) for said in _rows(kept["reports"])),
        endings=frozenset(_ending(*said) for said in _rows(kept["endings"])),
        authorities=Claims(_moments(kept["begun"]), _moments(kept["ended"]), frozenset(map(OrgHandle, kept["acting"]))),
        kinship_claims=kept["kinship_claims"],
        referred_at=_moment(kept["referred_at"]),
        decided_at=_moment(kept["decided_at"]),
    )


def _of_nobody_knows_whom(opened: Mapping[str, list[str]]) -> dict[str, Any]:
    """What a text of an older version says of reports: those that were open are, until the case is folded anew."""
    reports = {key: ["", Sector.POLICE, since, Precision.DAY, kind] for key, (since, kind) in opened.items()}
    return {"reports": reports, "endings": {}, "begun": {}, "ended": {}, "acting": []}


def _rows(said: Any) -> list[list[Any]]:  # noqa: ANN401 - JSON
    """What is said, each by its fact's id first; a text of an older version has it as an object by these ids."""
    return [[key, *rest] for key, rest in said.items()] if isinstance(said, dict) else said


def _who(said: Spoken[Any]) -> tuple[str | None, ...]:
    return said.fact_id, said.org, said.sector, _text(said.occurred_at), said.precision


def _report(key: str, *said: str) -> Spoken[ChildMissing]:
    *who, kind = said
    return _spoken(key, *who, fact=ChildMissing(MissingKind(kind)))


def _ending(key: str, *said: str) -> Spoken[ChildFound]:
    *who, how, episode = said
    return _spoken(key, *who, fact=ChildFound(FactId(episode) if episode else None, FoundHow(how)))


def _spoken(key: str, org: str, sector: str, at: str | None, precision: str, *, fact: FactT) -> Spoken[FactT]:  # noqa: PLR0913 - a row of the text
    return Spoken(FactId(key), OrgHandle(org), Sector(sector), _moment(at), Precision(precision), fact)


def _moments(texts: Mapping[str, str]) -> dict[OrgHandle, datetime]:
    return {OrgHandle(org): datetime.fromisoformat(text) for org, text in texts.items()}


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
