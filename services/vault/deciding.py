"""A decision's way through the vault: read to the end, judge, take the step, and only then open, in one transaction."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TypeVar

import structlog

from services.core.codes import Purpose
from services.core.denials import Reason as GateReason
from services.core.errors import Unavailable
from services.core.gates import Child
from services.core.ids import SubjectId
from services.core.rights import Person
from services.runtime.audit import Trail
from services.runtime.database import Connection, Session
from services.runtime.speaking import Speaker
from services.vault import decisions_store as store
from services.vault import recording
from services.vault.announcing import WAITING, Waits, waiting
from services.vault.decisions import (
    LASTS,
    Act,
    Asked,
    Attempt,
    Decision,
    Denied,
    Judgement,
    Kind,
    Refusal,
    Stage,
    Step,
    is_over,
)
from services.vault.decisions_store import Held
from services.vault.gathering import Gatherer
from services.vault.horizon import CatchingUp
from services.vault.judging import BEHIND
from services.vault.showing import Place
from services.vault.taking import NOBODY, Taking, recorded
from services.wire.topics import VAULT_DECISIONS

_ID_BYTES = 16
log = structlog.get_logger()

T = TypeVar("T")

MaySee = Callable[[Decision, Person], bool]

_LACKS_A_SECOND = frozenset({
    GateReason.SECOND_PERSON_AWAITED,
    GateReason.COORDINATOR_NOT_PAGED,
    GateReason.NOT_WHOLE,
    GateReason.NOTHING_HELD,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for: `subject` is any record of the child."""

    kind: Kind
    purpose: Purpose
    subject: SubjectId
    enquirer: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt: the decision afterwards, the step or why there was none, and what may be shown.

    `reasons` are those of a denial; of them `views.hint` lets through what a person may be told.
    """

    decision: Decision
    outcome: Step | Refusal
    reasons: frozenset[str] = frozenset()
    shown: tuple[Place, ...] | None = None


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a person brings to a look: that no enquirer can see the screen, and their signed identity token."""

    attested: bool
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tells:
    """How others come to know: `disclose` says that somebody saw a location, `ring` that there is something to tell.

    `trail` is told of everything that anybody tried.
    """

    disclose: Callable[[Asked, Speaker, datetime], store.Told]
    ring: Callable[[], None]
    trail: Trail


@dataclass(frozen=True, slots=True)
class Taken:
    """What an attempt came to, and the judgement under which it was made."""

    outcome: Step | Refusal
    judgement: Judgement


class Deciding:
    """Takes requests and attempts; the time of each is told by whoever asks."""

    def __init__(self, session: Session, gatherer: Gatherer, reading: CatchingUp, tells: Tells) -> None:
        self._session = session
        self._gatherer = gatherer
        self._reading = reading
        self._disclose = tells.disclose
        self._ring = tells.ring
        self._trail = tells.trail

    async def ask(self, request: Request, who: Person, now: datetime) -> Decision:
        """Keep what a person asks for: a child whom nobody knows is asked for like any other.

        Where only a second person is lacking, coordinators are told that one is asked for.
        """
        await self._reading.caught_up()
        number = secrets.token_hex(_ID_BYTES)

        async def work(connection: Connection) -> Decision:
            bound = await self._gatherer.child(connection, request.subject, request.enquirer)
            decision = Decision(
                Asked(number, request.kind, request.purpose, who.handle, now, request.subject, bound, request.enquirer)
            )
            await store.add(connection, decision.asked)
            _, judgement = await self._gatherer.judged(connection, decision, who, now)
            await self._call_a_second(connection, decision, who, judgement)
            await self._trail.append(connection, recording.asked_for(decision.asked, who))
            return decision

        return await self._rung(work)

    async def look(self, decision_id: str, who: Person, now: datetime, attestation: Attestation) -> Answer:
        """Open a decision, or look again within its lease; the step stands before anything is shown."""
        caught_up = await self._reading.caught_up()

        async def work(taking: Taking) -> Answer:
            connection = taking.connection
            held = await store.load(connection, decision_id) or _decoy(decision_id, now)
            found, judgement = await self._gatherer.judged(connection, held.decision, who, now)
            judgement = judgement if caught_up else BEHIND
            if held.decision.stage is Stage.ASKED:
                tried = Attempt(Act.OPEN, who.handle, now, attestation.attested)
                held, outcome = await taking.step(held, tried, judgement)
                if not _is(outcome, Act.OPEN):
                    return await self._denied(connection, held, Taken(outcome, judgement), who)
            held, outcome = await taking.step(held, Attempt(Act.SHOW, who.handle, now), judgement)
            if not _is(outcome, Act.SHOW):
                return await self._denied(connection, held, Taken(outcome, judgement), who)
            asked = held.decision.asked
            if held.decision.opened_alone:
                await self._announce(connection, asked, who, Waits.REVIEW, _tomorrow(now))
            await self._tell_agency(connection, asked, Speaker(who.sector, attestation.token), now)
            return Answer(held.decision, outcome, shown=await self._gatherer.shown(connection, asked, found))

        return await self._rung(recorded(self._trail, self._gatherer.schemas, who, work))

    async def act(self, decision_id: str, act: Act, who: Person, now: datetime) -> Answer:
        """Second, object, withdraw or close."""

        async def work(taking: Taking) -> Answer:
            held = await store.load(taking.connection, decision_id) or _decoy(decision_id, now)
            held, outcome = await taking.step(held, Attempt(act, who.handle, now), BEHIND)
            return Answer(held.decision, outcome)

        return await self._rung(recorded(self._trail, self._gatherer.schemas, who, work))

    async def read(self, decision_id: str, who: Person, may_see: MaySee) -> Decision | None:
        """A decision as it stands, for a person who may see it."""

        async def work(connection: Connection) -> Decision | None:
            held = await store.load(connection, decision_id)
            return held.decision if held and may_see(held.decision, who) else None

        told = partial(recording.read, decision_id=decision_id, who=who)
        return await self._session.run(self._trail.recorded(work, told))

    async def own(self, who: Person, now: datetime) -> list[Decision]:
        """What a person asked for and can still open, the latest first."""

        async def work(connection: Connection) -> list[Decision]:
            numbers = await store.asked_by(connection, who.handle, now - max(LASTS.values()))
            found = [await store.load(connection, number) for number in numbers]
            return [held.decision for held in found if held and not is_over(held.decision, now)]

        return await self._session.run(self._trail.recorded(work, lambda found: recording.listed(found, who)))

    async def assessment(self, decision: Decision, who: Person, now: datetime) -> str | None:
        """The risk assessment that approvals of a release must name, for who speaks for the child's authority."""
        return await self._session.run(lambda connection: self._gatherer.assessment(connection, decision, who, now))

    async def _rung(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do `work`, and ring: there may be something to tell."""
        answer = await self._session.run(work)
        self._ring()
        return answer

    async def _denied(self, connection: Connection, held: Held, taken: Taken, who: Person) -> Answer:
        if taken.outcome is Refusal.DENIED:
            await self._call_a_second(connection, held.decision, who, taken.judgement)
        reasons = taken.judgement.reasons if isinstance(taken.judgement, Denied) else frozenset()
        return Answer(held.decision, taken.outcome, reasons)

    async def _call_a_second(
        self, connection: Connection, decision: Decision, who: Person, judgement: Judgement
    ) -> None:
        asked = decision.asked
        alone = isinstance(judgement, Denied) and judgement.reasons <= _LACKS_A_SECOND
        if alone and asked.kind is Kind.PROTECTIVE_ACCESS:
            await self._announce(connection, asked, who, Waits.SECOND_PERSON, asked.answer_due_at)

    async def _tell_agency(self, connection: Connection, asked: Asked, witness: Speaker, now: datetime) -> None:
        """Let the witness's agency say what was disclosed; where it cannot be told, no release is opened, but a search.

        Raises:
            Unavailable: the agency publishes no key that may be used now, and this is a release to an enquirer.
        """
        try:
            await store.tell(connection, asked.decision_id, self._disclose(asked, witness, now))
        except Unavailable as error:
            if asked.kind is Kind.ENQUIRER_RELEASE:
                raise
            log.warning(
                "An agency that publishes no key is not told of a disclosure; the vault has it.", exc_info=error
            )

    async def _announce(
        self, connection: Connection, asked: Asked, who: Person, waits: Waits, due_at: datetime
    ) -> None:
        """Once for each thing that a decision waits for, however often it is noticed."""
        frame = self._gatherer.schemas.encode(WAITING, waiting(asked, who, waits, due_at))
        told = store.Told(waits, VAULT_DECISIONS, asked.subject.encode(), frame)
        await store.tell(connection, asked.decision_id, told)


def _is(outcome: Step | Refusal, act: Act) -> bool:
    return isinstance(outcome, Step) and outcome.act is act


def _decoy(decision_id: str, now: datetime) -> Held:
    """Stands in for a decision that is not there, so that looking for one costs the same as looking at another's."""
    nobody = SubjectId(secrets.token_hex(_ID_BYTES))
    child = Child(frozenset({nobody}), frozenset(), frozenset())
    asked = Asked(decision_id, Kind.PROTECTIVE_ACCESS, Purpose.UNKNOWN, NOBODY, now, nobody, child)
    return Held(Decision(asked), 0)


def _tomorrow(now: datetime) -> datetime:
    """The end of the next day (UTC)."""
    return datetime.combine(now.date() + timedelta(days=2), time(), UTC)
