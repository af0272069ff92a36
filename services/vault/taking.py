"""Takes the steps of a decision for one person in one transaction, and records what each attempt came to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from services.core.audit import Entry
from services.core.rights import Person
from services.runtime.audit import Trail
from services.runtime.database import Connection
from services.vault import decisions_store as store
from services.vault.announcing import ANSWERED, answered, ended_by
from services.vault.decisions import Attempt, Judgement, Refusal, Step, decide
from services.vault.decisions_store import Held
from services.vault.recording import Tried, attempted
from services.wire.avro import Schemas
from services.wire.topics import VAULT_DECISIONS

NOBODY = ""
"""Who asked for a decision that is not there."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Taking:
    """One person's attempts within one transaction; `told` is what the audit will hold of them."""

    connection: Connection
    who: Person
    schemas: Schemas
    told: list[Entry] = field(default_factory=list)

    async def step(self, held: Held, tried: Attempt, judgement: Judgement) -> tuple[Held, Step | Refusal]:
        """Take the step that an attempt makes, if it makes one."""
        outcome = decide(held.decision, tried, judgement)
        if held.decision.asked.by == NOBODY:
            outcome = Refusal.UNKNOWN
        came = Tried(tried.act, outcome, judgement)
        self.told.append(attempted(held.decision.asked, self.who, came))
        if isinstance(outcome, Refusal):
            return held, outcome
        await self._answered(held, outcome)
        return await store.append(self.connection, held, outcome), outcome

    async def _answered(self, held: Held, step: Step) -> None:
        """Let those who were told that it waits know that it no longer does."""
        asked, waits = held.decision.asked, ended_by(step.act)
        frame = self.schemas.encode(ANSWERED, answered(asked, waits, step.at))
        told = store.Told(f"{waits}_{ANSWERED}", VAULT_DECISIONS, asked.subject.encode(), frame)
        await store.answer(self.connection, asked.decision_id, waits, told)


def recorded(
    trail: Trail, schemas: Schemas, who: Person, work: Callable[[Taking], Awaitable[T]]
) -> Callable[[Connection], Awaitable[T]]:
    """Do `work`, and record what was tried in it as the last thing of its transaction."""

    async def both(connection: Connection) -> T:
        taking = Taking(connection, who, schemas)
        answer = await work(taking)
        await trail.append(connection, *taking.told)
        return answer

    return both
