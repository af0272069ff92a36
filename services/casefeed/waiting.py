"""What waits for a coordinator at the vault: a second person's answer, or the review of what opened without one."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from services.casefeed.handlers import NewEntry
from services.casefeed.views import View
from services.core.codes import Precision, Purpose, Sector
from services.core.errors import Unreadable, UnreadableBytes
from services.core.gates import ACCESS_LASTS
from services.core.ids import CaseId, EventId, MalformedId, SubjectId, well_formed
from services.runtime.database import Connection, write_rows
from services.wire.avro import Schemas

WAITING, ANSWERED = "DecisionWaiting", "DecisionAnswered"
SECOND_PERSON = "second_person"

_ID_DIGITS = 32
_ADD: LiteralString = """
    INSERT INTO waiting (decision_id, waits_for, subject_id, purpose, sector, asked_at, due_at, known_at)
    SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::text[], %b::text[],
                         %b::timestamptz[], %b::timestamptz[], %b::timestamptz[])
    ON CONFLICT DO NOTHING RETURNING decision_id, waits_for"""
_CASES: LiteralString = """
    SELECT DISTINCT ON (held.subject_id) held.subject_id, cases.case_id, cases.status
    FROM assignments AS held JOIN cases USING (case_id)
    WHERE held.subject_id = ANY(%b::bytea[]) ORDER BY held.subject_id, held.version DESC"""
_LISTED: LiteralString = """
    SELECT decision_id, waits_for, subject_id, purpose, sector, asked_at, due_at FROM waiting
    WHERE answered_at IS NULL AND (waits_for <> 'second_person' OR asked_at > %s) ORDER BY due_at, decision_id"""
_ANSWERED: LiteralString = """
    UPDATE waiting SET answered_at = said.at
    FROM unnest(%b::bytea[], %b::text[], %b::timestamptz[]) AS said (decision_id, waits_for, at)
    WHERE (waiting.decision_id, waiting.waits_for) = (said.decision_id, said.waits_for)"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that a decision waits for, and when the hub first held that."""

    decision_id: str
    waits_for: str
    subject_id: SubjectId
    purpose: Purpose
    sector: Sector
    asked_at: datetime
    due_at: datetime
    known_at: datetime

    @property
    def event_id(self) -> EventId:
        """Its name on the feed: the decision's own, or one made of it for what comes after."""
        if self.waits_for == SECOND_PERSON:
            return EventId(self.decision_id)
        return EventId(hashlib.sha256(f"{self.waits_for} {self.decision_id}".encode()).hexdigest()[:_ID_DIGITS])


@dataclass(frozen=True, slots=True)
class Answered:
    """That a decision no longer waits for one thing."""

    decision_id: str
    waited_for: str
    at: datetime


class WaitingView(View):
    """A decision that waits, as a coordinator sees it; `subject_id` is a record of the child's case."""

    decision_id: str
    waits_for: str
    subject_id: SubjectId
    purpose: Purpose
    sector: Sector
    asked_at: datetime
    due_at: datetime


class WaitingList(View):
    """What waits, the soonest due first."""

    waiting: list[WaitingView]


def read_waiting(schemas: Schemas, frame: bytes, known_at: datetime) -> Waiting | Answered:
    """Read one message of vault-decisions.v1.

    Raises:
        UnreadableBytes: it is none, or an id in it is malformed.
    """
    name, said = schemas.decode(frame, (WAITING, ANSWERED))
    try:
        number = well_formed(said["decision_id"])
        if name == ANSWERED:
            return Answered(number, said["waited_for"], said["answered_at"])
        return Waiting(
            number,
            said["waits_for"],
            SubjectId(well_formed(said["subject_id"])),
            Purpose(said["purpose"]),
            Sector(said["sector"]),
            said["asked_at"],
            said["due_at"],
            known_at,
        )
    except (MalformedId, ValueError):
        failure = UnreadableBytes(Unreadable.UNKNOWN_VALUE)
    raise failure


async def keep_waiting(connection: Connection, waiting: Iterable[Waiting]) -> list[NewEntry]:
    """Add what is not there yet; gives what watchers of a case that the feed knows are to be told of it."""
    named = {(one.decision_id, one.waits_for): one for one in waiting}
    added = await write_rows(connection, _ADD, [_row(one) for one in named.values()])
    new = [named[decision.hex(), waits_for] for decision, waits_for in added]
    if not new:
        return []
    cursor = await connection.execute(_CASES, [[bytes.fromhex(one.subject_id) for one in new]], binary=True)
    cases = {subject.hex(): (CaseId(case.hex()), status) for subject, case, status in await cursor.fetchall()}
    return [_entry(one, *cases[one.subject_id]) for one in new if one.subject_id in cases]


async def keep_answered(connection: Connection, answered: Iterable[Answered]) -> None:
    """Note what no longer waits; an answer follows what it answers on one partition of the topic."""
    rows = [(bytes.fromhex(one.decision_id), one.waited_for, one.at) for one in answered]
    await write_rows(connection, _ANSWERED, rows)


async def list_waiting(connection: Connection, now: datetime) -> WaitingList:
    """Everything that still waits: a review until somebody made it, a second person for as long as it can be opened."""
    cursor = await connection.execute(_LISTED, [now - ACCESS_LASTS], binary=True)
    return WaitingList(waiting=[_view(*row) for row in await cursor.fetchall()])


def _view(decision: bytes, waits_for: str, subject: bytes, *said: Any) -> WaitingView:  # noqa: ANN401 - a row
    names = ("purpose", "sector", "asked_at", "due_at")
    ids = {"decision_id": decision.hex(), "waits_for": waits_for, "subject_id": subject.hex()}
    return WaitingView.model_validate({**ids, **dict(zip(names, said, strict=True))})


def _row(one: Waiting) -> tuple[object, ...]:
    ids = bytes.fromhex(one.decision_id), one.waits_for, bytes.fromhex(one.subject_id)
    return *ids, one.purpose, one.sector, one.asked_at, one.due_at, one.known_at


def _entry(one: Waiting, case_id: CaseId, status: str) -> NewEntry:
    kind = "SecondPersonAsked" if one.waits_for == SECOND_PERSON else "ReviewDue"
    return NewEntry(
        event_id=one.event_id,
        subject_id=one.subject_id,
        case_id=case_id,
        status=status,
        type=kind,
        sector=one.sector,
        occurred_at=one.asked_at,
        precision=Precision.INSTANT,
        known_at=one.known_at,
        frame=b"",
    )
