"""What a case is now: a fold over its current entries that comes out the same in every order of arrival.

Each part of the state is a set or a maximum, so `absorb` may take entries one by one as they come.
A correction or a moved record is folded anew.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any, Generic, TypeVar

from services.core.codes import MissingKind, Precision, Sector, YesNo
from services.core.endings import ends
from services.core.facts import (
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    Fact,
    KinshipClaimed,
    ReferralDecided,
    ReferralMade,
)
from services.core.ids import CaseId, FactId, OrgHandle, SubjectId
from services.core.indicators import Indicator
from services.core.responsible import WEIGHED, Claims, claims
from services.core.sayings import SaidOfChild
from services.core.timeline import NEVER, Dated, Entry, current, later, superseded

FactT = TypeVar("FactT")
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


@dataclass(frozen=True, slots=True)
class Spoken(Dated, Generic[FactT]):
    """A report that a child is missing, or an ending, as far as anything hangs on it."""

    fact_id: FactId
    org: OrgHandle
    sector: Sector
    occurred_at: datetime | None
    precision: Precision
    fact: FactT


_NOTHING_SEEN: frozenset[Any] = frozenset()


@dataclass(frozen=True, slots=True)
class CaseState:
    """What a case's entries come to.

    Whether an ending ends a report hangs on who is responsible for the child, and so on what is said later: `reports`,
    `endings` and what authorities claim are kept. `referred_at` and `decided_at` are `NEVER` for what nobody dated.
    """

    entries: int = 0
    last_occurred_at: datetime | None = None
    sectors: frozenset[Sector] = _NOTHING_SEEN
    indicators: frozenset[Indicator] = _NOTHING_SEEN
    unaccompanied: YesNo = YesNo.UNKNOWN
    looked_after: bool = False
    missing_episodes: int = 0
    reports: frozenset[Spoken[ChildMissing]] = _NOTHING_SEEN
    endings: frozenset[Spoken[ChildFound]] = _NOTHING_SEEN
    authorities: Claims = field(default_factory=Claims)
    kinship_claims: int = 0
    referred_at: datetime | None = None
    decided_at: datetime | None = None

    @property
    def open_episodes(self) -> Mapping[FactId, Episode]:
        """Those that nobody has ended who may (¶5.73-5.77): in doubt the child is missing."""
        authorities = self.authorities.claimants
        still = [said for said in self.reports if not any(ends(found, said, authorities) for found in self.endings)]
        return {said.fact_id: Episode(said.occurred_at, said.fact.kind) for said in sorted(still, key=_gravest_last)}

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
        return later(self.referred_at, DECISION_WITHIN)


EMPTY = CaseState()


def absorb(state: CaseState, entry: Entry) -> CaseState:
    """The state with one more current entry; the order of absorbing does not matter."""
    only: SaidOfChild = lambda *kinds: [entry] if isinstance(entry.fact, kinds) else []  # noqa: E731
    counted = replace(
        state,
        entries=state.entries + 1,
        last_occurred_at=_later(state.last_occurred_at, entry.occurred_at),
        sectors=state.sectors | {entry.sector},
        indicators=state.indicators.union(getattr(entry.fact, "indicators", ())),
        authorities=state.authorities.and_(claims(only)) if isinstance(entry.fact, WEIGHED) else state.authorities,
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


def _gravest_last(said: Spoken[ChildMissing]) -> tuple[bool, datetime]:
    return said.fact.kind is MissingKind.MISSING, said.begins


def _missing(state: CaseState, entry: Entry, fact: ChildMissing) -> CaseState:
    report = _spoken(entry, ChildMissing(fact.kind))
    return replace(state, missing_episodes=state.missing_episodes + 1, reports=state.reports | {report})


def _found(state: CaseState, entry: Entry, fact: ChildFound) -> CaseState:
    return replace(state, endings=state.endings | {_spoken(entry, fact)})


def _spoken(entry: Entry, fact: FactT) -> Spoken[FactT]:
    return Spoken(entry.fact_id, entry.org, entry.sector, entry.occurred_at, entry.precision, fact)


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
