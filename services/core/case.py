"""What a case is now: a fold over its current entries that comes out the same in every order of arrival.

Each part of the state is a set, a maximum or a pairing, so `absorb` may take entries one by one as they come.
A correction or a moved record is folded anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from types import MappingProxyType
from typing import Any

from services.core.codes import FoundHow, MissingKind, Sector, YesNo
from services.core.facts import (
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    Fact,
    KinshipClaimed,
    ReferralDecided,
    ReferralMade,
)
from services.core.ids import CaseId, FactId, SubjectId
from services.core.indicators import Indicator
from services.core.timeline import NEVER, Entry, current, superseded

DECISION_WITHIN = timedelta(hours=24)
"""A local authority decides on a referral within 24 hours (¶4.5, 5.15)."""


class CaseStatus(StrEnum):
    """The gravest thing that is true of a case."""

    MISSING = "missing"
    AWAY = "away"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Episode:
    """An open episode: since when (None: nobody said), and of which kind."""

    since: datetime | None
    kind: MissingKind


_NO_EPISODES: Mapping[FactId, Episode] = MappingProxyType({})
_NOTHING_SEEN: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseState:
    """What a case's entries come to.

    `ended` remembers endings that came before the episode they end; it is no part of what is true.
    `found_at` is the latest ending that names no episode: it ends every dated episode begun by then.
    `referred_at` and `decided_at` are `NEVER` for what nobody dated.
    """

    entries: int = 0
    last_occurred_at: datetime | None = None
    sectors: frozenset[Sector] = _NOTHING_SEEN
    indicators: frozenset[Indicator] = _NOTHING_SEEN
    unaccompanied: YesNo = YesNo.UNKNOWN
    looked_after: bool = False
    missing_episodes: int = 0
    open_episodes: Mapping[FactId, Episode] = field(default_factory=lambda: _NO_EPISODES)
    found_at: datetime | None = None
    kinship_claims: int = 0
    referred_at: datetime | None = None
    decided_at: datetime | None = None
    ended: frozenset[FactId] = field(default=_NOTHING_SEEN, compare=False)

    @property
    def status(self) -> CaseStatus:
        """Missing before away before known: an away child with any open missing report is missing."""
        kinds = {episode.kind for episode in self.open_episodes.values()}
        if MissingKind.MISSING in kinds:
            return CaseStatus.MISSING
        return CaseStatus.AWAY if kinds else CaseStatus.KNOWN

    @property
    def decision_awaited(self) -> bool:
        """Whether the latest referral has no decision yet (¶4.5, 5.15)."""
        return self.referred_at is not None and (self.decided_at is None or self.decided_at < self.referred_at)

    @property
    def decision_due_at(self) -> datetime | None:
        """When the awaited decision is due; None when none is awaited or the referral is not dated."""
        if self.referred_at is None or self.referred_at == NEVER or not self.decision_awaited:
            return None
        return self.referred_at + DECISION_WITHIN


EMPTY = CaseState()


def absorb(state: CaseState, entry: Entry) -> CaseState:
    """The state with one more current entry; the order of absorbing does not matter."""
    counted = replace(
        state,
        entries=state.entries + 1,
        last_occurred_at=_later(state.last_occurred_at, entry.occurred_at),
        sectors=state.sectors | {entry.sector},
        indicators=state.indicators.union(getattr(entry.fact, "indicators", ())),
    )
    rule = _RULES.get(type(entry.fact))
    return rule(counted, entry, entry.fact) if rule else counted


def fold(entries: Iterable[Entry]) -> CaseState:
    """The state of a whole timeline, corrections applied."""
    return reduce(absorb, current(entries), EMPTY)


def digest(case_id: CaseId, subjects: Iterable[SubjectId], entries: Iterable[Entry]) -> str:
    """A fingerprint of everything that is true of a case: equal exactly when two views of it are equal."""
    entries = tuple(entries)
    lines = [case_id, *sorted(subjects), *sorted(entry.event_id for entry in entries)]
    lines += [f"{old}>{new}" for old, new in sorted(superseded(entries).items())]
    lines.append(repr(sorted(visible(fold(entries)).items())))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def visible(state: CaseState) -> dict[str, Any]:
    """The state as plain values (ISO 8601 times, sorted lists), without what is only remembered."""
    return {
        "status": state.status.value,
        "entries": state.entries,
        "last_occurred_at": _text(state.last_occurred_at),
        "sectors": sorted(state.sectors),
        "indicators": sorted(state.indicators),
        "unaccompanied": state.unaccompanied.value,
        "looked_after": state.looked_after,
        "missing_episodes": state.missing_episodes,
        "open_episodes": [
            {"episode": key, "since": _text(episode.since), "kind": episode.kind.value}
            for key, episode in sorted(state.open_episodes.items())
        ],
        "kinship_claims": state.kinship_claims,
        "decision_awaited": state.decision_awaited,
        "decision_due_at": _text(state.decision_due_at),
    }


def _missing(state: CaseState, entry: Entry, fact: ChildMissing) -> CaseState:
    counted = replace(state, missing_episodes=state.missing_episodes + 1)
    if entry.fact_id in state.ended:
        return replace(counted, ended=state.ended - {entry.fact_id})
    if _ended_by(state.found_at, entry.occurred_at):
        return counted
    episode = Episode(entry.occurred_at, fact.kind)
    return replace(counted, open_episodes={**state.open_episodes, entry.fact_id: episode})


def _found(state: CaseState, entry: Entry, fact: ChildFound) -> CaseState:
    if fact.how is FoundHow.UNVERIFIED:  # a sighting: who is said to be back, and was not seen, is missing (¶5.77)
        return state
    if fact.episode in state.open_episodes:
        remaining = {key: episode for key, episode in state.open_episodes.items() if key != fact.episode}
        return replace(state, open_episodes=remaining)
    if fact.episode is not None:
        return replace(state, ended=state.ended | {fact.episode})
    found_at = _later(state.found_at, entry.occurred_at)
    still_open = {k: v for k, v in state.open_episodes.items() if not _ended_by(found_at, v.since)}
    return replace(state, found_at=found_at, open_episodes=still_open)


def _ended_by(found_at: datetime | None, since: datetime | None) -> bool:
    """An ending without an episode never ends one that nobody dated: doubt leaves the child missing."""
    return found_at is not None and since is not None and since <= found_at


def _looked_after(state: CaseState, _: Entry, fact: ChildLookedAfter) -> CaseState:
    said = {state.unaccompanied, fact.unaccompanied}
    answer = next(answer for answer in (YesNo.YES, YesNo.NO, YesNo.UNKNOWN) if answer in said)
    return replace(state, looked_after=True, unaccompanied=answer)


def _claimed(state: CaseState, _: Entry, __: KinshipClaimed) -> CaseState:
    return replace(state, kinship_claims=state.kinship_claims + 1)


def _referred(state: CaseState, entry: Entry, _: ReferralMade) -> CaseState:
    return replace(state, referred_at=_later(state.referred_at, entry.occurred_at or NEVER))


def _decided(state: CaseState, entry: Entry, _: ReferralDecided) -> CaseState:
    return replace(state, decided_at=_later(state.decided_at, entry.occurred_at or NEVER))


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment is not None), default=None)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


_RULES: Mapping[type[Fact], Callable[..., CaseState]] = {
    ChildMissing: _missing,
    ChildFound: _found,
    ChildLookedAfter: _looked_after,
    KinshipClaimed: _claimed,
    ReferralMade: _referred,
    ReferralDecided: _decided,
}
