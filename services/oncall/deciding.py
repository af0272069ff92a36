"""Applies what the rules decide to the tables: alerts open, are put on record, change, end, open again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from services.core.codes import Sector
from services.core.facts import ChildFound, ChildMissing, Sighting
from services.core.ids import EventId, FactId, SubjectId
from services.core.known import Word
from services.core.oncall.alert import Alert, Outcome, applied, reported
from services.core.oncall.alert_ids import each_of_its_own, either_id
from services.core.oncall.alerts import AlertKind, AlertReason, Happening, Severity, State, Why
from services.core.oncall.calls import Status, opened
from services.core.oncall.changes import changes
from services.core.oncall.judging import verdicts
from services.oncall.alerts_store import hold_alerts, put
from services.oncall.attempts import void, write_to_all_paged, write_to_owner
from services.oncall.duty import Roster, Rota
from services.oncall.handlers import UnreadableReport
from services.oncall.happening import Chronicle, Happened
from services.oncall.knowing import Child, subjects_of
from services.runtime.database import Connection

_BEGIN = frozenset({Happening.OPENED, Happening.OPENED_AGAIN})
_END = frozenset({Happening.FOUND, Happening.ENDED})
_HEARS = Sector.LOCAL_AUTHORITY
"""Who owes it to a child who was found to hear them (¶5.46-5.49, 5.78)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard just now that may be a sighting, and which records came into another case just now."""

    seen: frozenset[EventId]
    moved: frozenset[SubjectId]


class Decider:
    """Decides within the caller's transaction, at a time that it is given."""

    def __init__(self, rota: Rota, chronicle: Chronicle) -> None:
        self._rota = rota
        self._chronicle = chronicle

    async def judge(
        self, connection: Connection, children: Sequence[Child], heard: Heard, now: datetime
    ) -> list[Happened]:
        """Let children's alerts say what is true now."""
        told = [(child, verdicts(child)) for child in children]
        judged = [verdict for _, own in told for verdict in own]
        alerts, calls = await hold_alerts(connection, {either for verdict in judged for either in either_id(verdict)})
        found = each_of_its_own(judged, {alert.alert_id: alert.subject_id for alert in alerts.values()})
        held = {alert_id: alert.held(calls[alert_id].values()) for alert_id, alert in alerts.items()}
        roster, done = Roster(self._rota, connection, now), []
        for change in changes(held, found):
            alert_id = change.verdict.alert_id
            outcome = applied(change, alerts.get(alert_id), calls.get(alert_id, {}), now)
            done.append(await _owned(roster, outcome, change.verdict.agencies))
        happened = await self._save(connection, done, now)
        for outcome in done:
            if outcome.what is Happening.WITHDRAWN:
                await write_to_all_paged(connection, outcome.alert, now)
            elif outcome.what in _END:
                await _void_what_nobody_owes(connection, outcome)
        alerts |= {outcome.alert.alert_id: outcome.alert for outcome in done}
        remaining = iter(found)
        for child, own in told:
            theirs = [(verdict.episode, alerts[verdict.alert_id]) for verdict in islice(remaining, len(own))]
            await _tell_of_sightings(connection, child, theirs, heard, now)
        return happened

    async def unreadable(self, connection: Connection, report: UnreadableReport, now: datetime) -> list[Happened]:
        """Page the agency of a missing report that nobody could read, and the police; all of a submission together."""
        alerts, calls = await hold_alerts(connection, [report.alert_id])
        concerned = {Sector.POLICE, report.agency or Sector.LOCAL_AUTHORITY}
        agencies = [sector for sector in Sector if sector in concerned]
        said = AlertKind.UNREADABLE, State.OPEN, Why.CANNOT_BE_READ, Severity.HIGH, (AlertReason.UNREADABLE_REPORT,)
        new = Alert(report.alert_id, None, *said, report.known_at, now)
        outcome = reported(new, alerts.get(report.alert_id), calls.get(report.alert_id, {}), agencies)
        return await self._by_hand(connection, outcome, agencies, now) if outcome else []

    async def open_by_hand(self, connection: Connection, alert: Alert, agencies: Sequence[Sector]) -> list[Happened]:
        """Open an alert that was not there before and is of no episode: a drill."""
        calls = tuple(opened(agency, alert.severity, alert.opened_at) for agency in agencies)
        return await self._by_hand(connection, Outcome(alert, calls, Happening.OPENED), agencies, alert.opened_at)

    async def _by_hand(
        self, connection: Connection, outcome: Outcome, agencies: Sequence[Sector], now: datetime
    ) -> list[Happened]:
        owned = await _owned(Roster(self._rota, connection, now), outcome, agencies)
        return await self._save(connection, [owned], now)

    async def _save(self, connection: Connection, outcomes: Sequence[Outcome], now: datetime) -> list[Happened]:
        await put(connection, *((outcome.alert, outcome.calls) for outcome in outcomes))
        happened = [_happened(outcome, now) for outcome in outcomes]
        await self._chronicle.write(connection, *happened)
        return happened


async def _owned(roster: Roster, outcome: Outcome, agencies: Sequence[Sector]) -> Outcome:
    """Until somebody answers it is owned by who is on duty in the first of the agencies: they took the duty on.

    A child who was found is heard by the authority: where another agency owned the alert, its duty person does now.
    """
    if outcome.what in _BEGIN:
        owner = await roster.stands(agencies[0])
        return replace(outcome, alert=replace(outcome.alert, owner=owner, owner_agency=agencies[0]))
    if outcome.what is Happening.FOUND and outcome.alert.owner_agency is not _HEARS:
        owner = await roster.stands(_HEARS)
        return replace(outcome, alert=replace(outcome.alert, owner=owner, owner_agency=_HEARS)) if owner else outcome
    return outcome


async def _void_what_nobody_owes(connection: Connection, outcome: Outcome) -> None:
    """Whoever owes nothing more is paged no more; who hears a child who was found still learns of it."""
    if outcome.alert.state is State.CLOSED:
        await void(connection, outcome.alert.alert_id)
        return
    for call in outcome.calls:
        if call.status is Status.OVER:
            await void(connection, outcome.alert.alert_id, call.agency)


def _happened(outcome: Outcome, now: datetime) -> Happened:
    alert = outcome.alert
    said = (alert.kind, alert.severity, alert.reasons, alert.owner_agency, alert.owner)
    return Happened(alert.alert_id, now, outcome.what, *said)


async def _tell_of_sightings(
    connection: Connection, child: Child, alerts: Sequence[tuple[FactId, Alert]], heard: Heard, now: datetime
) -> None:
    """Whatever was heard of a child who is still missing goes to the owner at once (¶5.77).

    What was said of another record was heard before anybody could tell that it is the same child: it goes to the owner
    when the two become one, each once.
    """
    joined = not heard.moved.isdisjoint(subjects_of(child))
    for word in child:
        if isinstance(word.fact, Sighting | ChildFound):
            for episode, alert in alerts:
                if alert.state is not State.OPEN or not _concerns(word, child, episode):
                    continue
                if word.event.head.event_id in heard.seen or (joined and _may_be_since(word, child, episode)):
                    await write_to_owner(connection, alert, AlertKind.SIGHTING, word.event.head.event_id, now)


def _concerns(seen: Word[Any], child: Child, episode: FactId) -> bool:
    """Whether it tells of a child who is missing by this report: also what names another report of the child does."""
    return seen.fact.episode in {None, episode} or (seen.dated and _may_be_since(seen, child, episode))


def _may_be_since(seen: Word[Any], child: Child, episode: FactId) -> bool:
    """Whether it may have happened since the child went missing, and not certainly before."""
    reports = (word for word in child if isinstance(word.fact, ChildMissing) and word.fact_id == episode)
    return any(not (seen.dated and missing.dated) or missing.begins <= seen.ends for missing in reports)
