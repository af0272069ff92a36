"""What becomes of alerts when more is known of a child: pages or history, decided once; graver, over, or open again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.core.codes import Sector
from services.core.ids import FactId
from services.core.oncall.alerts import AlertKind, AlertReason, Severity, State, Why
from services.core.oncall.judging import Verdict


@dataclass(frozen=True, slots=True)
class Held:
    """An alert as it stands; `agencies` are those that are called, and whose call is not over."""

    state: State
    kind: AlertKind
    severity: Severity
    reasons: tuple[AlertReason, ...]
    agencies: tuple[Sector, ...]


@dataclass(frozen=True, slots=True)
class Opens:
    """An episode pages for the first time, or again because it is no longer ended."""

    verdict: Verdict
    why: Why


@dataclass(frozen=True, slots=True)
class IsHistory:
    """An episode that was told of after its end: on record, and nobody is paged."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Changes:
    """An open alert is as grave as this now, and `joining` are called besides."""

    verdict: Verdict
    joining: tuple[Sector, ...]


@dataclass(frozen=True, slots=True)
class Ends:
    """The child was found: what is owed now is to hear them (¶5.46-5.49, 5.78)."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class IsHeard:
    """The child was heard: nothing more is owed."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class IsWithdrawn:
    """Whoever made the report took it back: nothing more is owed, and whoever was paged is told."""

    verdict: Verdict


Change = Opens | IsHistory | Changes | Ends | IsHeard | IsWithdrawn


def changes(held: Mapping[FactId, Held], verdicts: Iterable[Verdict]) -> tuple[Change, ...]:
    """What must be done so that the alerts say what is true; nothing, if they do."""
    found = (_change(held.get(verdict.alert_id), verdict) for verdict in verdicts)
    return tuple(change for change in found if change is not None)


def _change(held: Held | None, verdict: Verdict) -> Change | None:
    if held is None:
        return Opens(verdict, Why.OPEN_EPISODE) if verdict.is_open else IsHistory(verdict)
    if verdict.is_open:
        return _changed(held, verdict) if held.state is State.OPEN else Opens(verdict, Why.NO_LONGER_ENDED)
    if held.state is State.OPEN:
        return IsWithdrawn(verdict) if verdict.is_withdrawn else Ends(verdict)
    return IsHeard(verdict) if held.state is State.DEBRIEF and verdict.is_heard else None


def _changed(held: Held, verdict: Verdict) -> Changes | None:
    joining = tuple(agency for agency in verdict.agencies if agency not in held.agencies)
    said = held.kind, held.severity, held.reasons
    if not joining and said == (verdict.kind, verdict.severity, verdict.reasons):
        return None
    return Changes(verdict, joining)
