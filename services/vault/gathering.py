"""Brings together everything that bears on a decision, and asks its gate; for use inside one transaction."""

from dataclasses import dataclass
from datetime import datetime

from services.core.codes import Role
from services.core.errors import UnreadableBytes
from services.core.gates import Child, Opener, child_now
from services.core.ids import SubjectId
from services.core.known import Knowledge, Known
from services.core.ladder import climb
from services.core.rights import Person
from services.runtime.database import Connection
from services.vault.announcing import Waits
from services.vault.contents import Keys, bodies, contents, speaks_as
from services.vault.decisions import Asked, Decision, Judgement, Kind
from services.vault.decisions_store import told_at
from services.vault.facts_store import about, joined_at, of_one_case, versions_of
from services.vault.judging import Circumstances, Material, bearing, child, judge, knowledge
from services.vault.showing import Place, places
from services.wire.avro import Schemas
from services.wire.signing import Verifier


@dataclass(frozen=True, slots=True)
class Gatherer:
    """The vault's own copy, with what is needed to believe it and to open what stands beside it."""

    schemas: Schemas
    verifier: Verifier
    keys: Keys

    async def material(self, connection: Connection, subject: SubjectId, enquirer: str | None) -> Material:
        """What is known of a record's child and of an adult; each fact is verified again, for tables can be altered."""
        assigned = await of_one_case(connection, subject)
        signed, doubts = await about(connection, assigned, enquirer)
        facts, spoilt = [], 0
        for message, known_at in signed:
            try:
                facts.append(Known(self.verifier.event(message, self.schemas), known_at))
            except UnreadableBytes:
                spoilt += 1
        subjects = child(subject, assigned, facts)
        versions = await versions_of(connection, subjects)
        joined = await joined_at(connection, subjects)
        return Material(subjects, bearing(subjects, enquirer, facts), versions, doubts + spoilt, joined, assigned)

    async def child(self, connection: Connection, subject: SubjectId, enquirer: str | None) -> Child:
        """What a decision that is asked for now is bound to."""
        found = await self.material(connection, subject, enquirer)
        return child_now(Knowledge(found.facts, found.subjects, found.versions, whole=True))

    async def judged(
        self, connection: Connection, decision: Decision, who: Person, now: datetime
    ) -> tuple[Material, Judgement]:
        """What a decision's gate says at `now` (UTC) if this person opens it, and from what."""
        asked = decision.asked
        found = await self.material(connection, asked.subject, asked.enquirer)
        known = await bodies(connection, self.keys, found.subjects)
        opener = Opener(who.handle, _role(who), who.kind, speaks_as(known, who))
        told = await told_at(connection, asked.decision_id, Waits.SECOND_PERSON)
        return found, judge(decision, Circumstances(opener, told), found, now)

    async def shown(self, connection: Connection, asked: Asked, found: Material) -> tuple[Place, ...]:
        """What a decision that was opened lets its person see; who searches sees what opens, whatever does not.

        Raises:
            BrokenRule: of a release, a content was moved or altered.
        """
        partly = asked.kind is Kind.PROTECTIVE_ACCESS
        opened = await contents(connection, self.keys.kek, asked.child.versions, partly=partly)
        return places(asked, opened, found.facts)

    async def assessment(self, connection: Connection, decision: Decision, who: Person, now: datetime) -> str | None:
        """The risk assessment that approvals of a release must name.

        None where there is none, and for who does not speak for the authority that is responsible for the child: that
        there is one tells that the child is known, and how far the adult has come.
        """
        asked = decision.asked
        if asked.enquirer is None:
            return None
        found = await self.material(connection, asked.subject, asked.enquirer)
        ladder = climb(knowledge(decision, found), asked.enquirer, now)
        known = await bodies(connection, self.keys, found.subjects)
        return ladder.assessment if ladder.evidence.authority in speaks_as(known, who) else None


def _role(who: Person) -> Role:
    """As what they could speak of a child; an auditor speaks of none."""
    return Role(who.role.value) if who.role.value in set(Role) else Role.UNVERIFIED
