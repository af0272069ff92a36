"""What is shown of a case: public types only, with no place in them for a location, a narrative or an organisation."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from services.core.case import CaseStatus, fold, visible
from services.core.claims import Subject
from services.core.codes import MissingKind, Precision, Role, Sector, YesNo
from services.core.facts import Fact
from services.core.ids import CaseId, EventId, FactId, SubjectId
from services.core.indicators import Indicator
from services.core.timeline import Entry, sort_key, superseded


class View(BaseModel):
    """What is shown to somebody; nothing can be put into it that it does not name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Episode(View):
    """An open episode of being missing or away; `since` is null when nobody said."""

    episode: FactId
    since: datetime | None
    kind: MissingKind


class State(View):
    """What a case's entries come to."""

    status: CaseStatus
    entries: int
    last_occurred_at: datetime | None
    sectors: list[Sector]
    indicators: list[Indicator]
    unaccompanied: YesNo
    looked_after: bool
    missing_episodes: int
    open_episodes: list[Episode]
    kinship_claims: int
    decision_awaited: bool
    decision_due_at: datetime | None


class CaseSummary(View):
    """One line of the list of cases; every subject id is another name of the case."""

    case_id: CaseId
    subjects: list[SubjectId]
    known_at: datetime
    state: State


class CaseList(View):
    """A page of cases, the latest happened first; `next` is the cursor of the page after it."""

    cases: list[CaseSummary]
    next: str | None


class TimelineEntry(View):
    """One thing said; `superseded_by` names the event that corrects it."""

    event_id: EventId
    fact_id: FactId
    subject_id: SubjectId
    type: str
    sector: Sector
    role: Role
    occurred_at: datetime | None
    precision: Precision
    recorded_at: datetime
    known_at: datetime
    superseded_by: EventId | None
    fact: Fact
    claims: Subject


class CaseView(View):
    """A case as the hub knew it at a time, under the links of that time; null means now."""

    case_id: CaseId
    subjects: list[SubjectId]
    as_known_at: datetime | None
    state: State
    location: Literal["held sealed"] = "held sealed"
    entries: list[TimelineEntry]


class FeedEntry(View):
    """One event on the live feed, with the case and its status as they were when it came; by now, if it came before."""

    case_id: CaseId
    event_id: EventId
    type: str
    sector: Sector
    occurred_at: datetime | None
    precision: Precision
    known_at: datetime
    status: CaseStatus


def case_view(
    case_id: CaseId, subjects: Iterable[SubjectId], said: Iterable[tuple[Entry, Subject]], as_known_at: datetime | None
) -> CaseView:
    """The case that these entries make, in timeline order, corrected ones shown as superseded."""
    said = tuple(said)
    return CaseView(
        case_id=case_id,
        subjects=sorted(subjects),
        as_known_at=as_known_at,
        state=State.model_validate(visible(fold(entry for entry, _ in said))),
        entries=timeline(said),
    )


def timeline(said: Iterable[tuple[Entry, Subject]]) -> list[TimelineEntry]:
    """These entries in timeline order, corrected ones shown as superseded."""
    ordered = sorted(said, key=lambda one: sort_key(one[0]))
    corrected = superseded(entry for entry, _ in ordered)
    return [_shown(entry, claims, corrected.get(entry.event_id)) for entry, claims in ordered]


def _shown(entry: Entry, claims: Subject, superseded_by: EventId | None) -> TimelineEntry:
    return TimelineEntry(
        event_id=entry.event_id,
        fact_id=entry.fact_id,
        subject_id=entry.subject_id,
        type=type(entry.fact).__name__,
        sector=entry.sector,
        role=entry.role,
        occurred_at=entry.occurred_at,
        precision=entry.precision,
        recorded_at=entry.recorded_at,
        known_at=entry.known_at,
        superseded_by=superseded_by,
        fact=entry.fact,
        claims=claims,
    )
