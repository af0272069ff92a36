"""A vault that decides: its tables, a horizon that tests move, people, and a child who is missing."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from psycopg import sql

from services.core.codes import MissingKind, OrganisationKind, Purpose, SealedField, Sector
from services.core.facts import ChildMissing, PlacementStarted
from services.core.ids import FactId, SubjectId, body_handle
from services.core.known import Known
from services.core.rights import Person, PersonRole
from services.core.sharing import SealedFact
from services.runtime.audit import Trail
from services.runtime.database import Connection
from services.runtime.fence import Place, positions
from services.runtime.speaking import Speaker
from services.vault.contents import Keys
from services.vault.deciding import Answer, Attestation, Deciding, Request, Tells
from services.vault.decisions import Act, Asked, Decision, Kind
from services.vault.decisions_store import Told, note_told, untold
from services.vault.disclosing import DISCLOSED
from services.vault.gathering import Gatherer
from services.vault.horizon import CatchingUp, Ends
from services.vault.looking_up import LookingUp
from services.wire.topics import disclosed
from tests.builders import an_id
from tests.core.enquiries import (
    AUTHORITY,
    ENQUIRER,
    FIRST,
    NOW,
    ONE,
    OPENER,
    SECOND,
    TWO,
    approval,
    moment,
    said,
    the_whole_ladder,
)
from tests.vault.messages import VERIFIER
from tests.vault.tables import Vault

PEOPLE_KEY = bytes(32)
COUNCIL, FORCE = "COUNCIL-1", "FORCE-1"
PLACEMENT, MISSING = said(PlacementStarted(), 800, 20), said(ChildMissing(MissingKind.MISSING), 801, 39)
ADDRESS = "1 Test Street"
Disclose = Callable[[Asked, Speaker, datetime], Told]
SOON = timedelta(seconds=1)
CLAIMS = {"lantern_organisation": FORCE, "lantern_organisation_kind": "police_force"}
TOKEN = f"head.{base64.urlsafe_b64encode(json.dumps(CLAIMS).encode()).decode().rstrip('=')}.signature"
"""As much of an identity token as the vault reads of it; whoever is told verifies the rest."""


def person(
    handle: str,
    role: PersonRole,
    organisation: str = COUNCIL,
    kind: OrganisationKind = OrganisationKind.LOCAL_AUTHORITY,
) -> Person:
    sector = Sector.POLICE if kind is OrganisationKind.POLICE_FORCE else Sector.LOCAL_AUTHORITY
    return Person(handle, role, body_handle(PEOPLE_KEY, organisation), kind, sector)


OFFICER = person(OPENER, PersonRole.DUTY_OFFICER, FORCE, OrganisationKind.POLICE_FORCE)
WORKER = person(OPENER, PersonRole.SOCIAL_WORKER)
COLLEAGUE = person(SECOND, PersonRole.COORDINATOR)
SEARCH = Request(Kind.PROTECTIVE_ACCESS, Purpose.SEARCH_FOR_CHILD, ONE)
RELEASE = Request(Kind.ENQUIRER_RELEASE, Purpose.RELEASE_TO_ENQUIRER, ONE, ENQUIRER)


@dataclass
class MovedHorizon:
    """Says that every topic ends where the vault has read to, and `beyond` besides; what is before `begun` is gone."""

    vault: Vault
    beyond: Mapping[Place, int] = field(default_factory=dict)
    begun: Mapping[Place, int] = field(default_factory=dict)

    async def ends(self) -> Ends:
        return {**await self.vault.session.run(positions), **self.beyond}

    async def begins(self) -> Ends:
        return self.begun


@dataclass
class Hub:
    """A vault, whoever asks it, and the time that passes while they do."""

    vault: Vault
    horizon: MovedHorizon
    deciding: Deciding
    looking_up: LookingUp
    now: datetime = NOW

    async def ask(self, request: Request = SEARCH, who: Person = OFFICER) -> Decision:
        return await self.deciding.ask(request, who, self.later())

    async def look(self, decision: Decision | str, who: Person = OFFICER, *, attested: bool = True) -> Answer:
        number = decision if isinstance(decision, str) else decision.asked.decision_id
        return await self.deciding.look(number, who, self.later(), Attestation(attested, TOKEN))

    async def act(self, decision: Decision, act: Act, who: Person = COLLEAGUE) -> Answer:
        return await self.deciding.act(decision.asked.decision_id, act, who, self.later())

    def later(self, by: timedelta = SOON) -> datetime:
        self.now += by
        return self.now

    async def tell(self) -> list[str]:
        """Tell others what they are to be told; gives what that was."""
        rows = await self.vault.session.run(lambda connection: untold(connection, 100))
        numbers, now = [number for number, _ in rows], self.later()
        await self.vault.session.run(lambda connection: note_told(connection, numbers, now))
        return [told.what for _, told in rows]

    async def steps(self) -> list[str]:
        """Every step of every decision, in the order in which they were taken."""

        async def ask(connection: Connection) -> list[str]:
            rows = await (await connection.execute("SELECT act FROM decision_steps ORDER BY at, number")).fetchall()
            return [row[0] for row in rows]

        return await self.vault.session.run(ask)

    async def alter(self, statement: str, *values: object) -> None:
        """What somebody with the database's own rights could do."""

        async def work(connection: Connection) -> None:
            await connection.execute(sql.SQL(statement), list(values))

        await self.vault.session.run(work)


def hub(vault: Vault, disclose: Disclose | None = None) -> Hub:
    keys = Keys(vault.kek, PEOPLE_KEY)
    horizon = MovedHorizon(vault)
    gatherer = Gatherer(vault.schemas, VERIFIER, keys)
    tells = Tells(disclose or _disclosed, lambda: None, Trail(vault.session.where))
    reading = CatchingUp(vault.session, horizon, patience=1.0)
    deciding = Deciding(vault.session, gatherer, reading, tells)
    return Hub(vault, horizon, deciding, LookingUp(vault.session, gatherer, reading, tells.trail))


def _disclosed(asked: Asked, witness: Speaker, _: datetime) -> Told:
    return Told(DISCLOSED, disclosed(witness.sector.value), asked.decision_id.encode(), b"")


def sealed(known: Known, **content: str) -> SealedFact:
    """What is sealed as a fact's location."""
    head = known.event.head
    return SealedFact(head.subject_id, head.fact_id, SealedField.LOCATION, head.recorded_at, content)


def speaks(organisation: str, handle: str, subject: SubjectId = ONE, number: int = 700) -> SealedFact:
    """What a processor seals of the body that speaks of a record."""
    content = {"organisation": organisation, "kind": "local_authority", "handle": handle}
    return SealedFact(subject, FactId(an_id(number)), SealedField.ORGANISATION, moment(1), content)


async def a_missing_child(vault: Vault) -> None:
    """Placed by the council, missing since yesterday; two records, one case."""
    await vault.say(PLACEMENT, MISSING)
    await vault.assign(an_id(1), ONE, TWO)
    place = sealed(PLACEMENT, placement_address=ADDRESS, carer="Test Carer")
    await vault.seal([place, sealed(MISSING, last_seen="2 Test Lane"), speaks(COUNCIL, AUTHORITY)])


async def a_claimed_child(vault: Vault) -> None:
    """Placed by the council, and an enquirer whose ladder lacks nothing but two approvals."""
    await vault.say(PLACEMENT, *(known for known in the_whole_ladder() if known.event.type != "ReleaseApproved"))
    await vault.assign(an_id(1), ONE, TWO)
    place = sealed(PLACEMENT, placement_address=ADDRESS, carer="Test Carer")
    await vault.seal([place, speaks(COUNCIL, AUTHORITY)])


def again(known: Known, number: int) -> Known:
    """The same said as another event."""
    head = replace(known.event.head, event_id=type(known.event.head.event_id)(an_id(number)))
    return Known(replace(known.event, head=head), known.known_at)


async def approved(claimed: Hub) -> Decision:
    """A release that two people have approved."""
    decision = await claimed.ask(RELEASE, WORKER)
    await claimed.vault.say(*approvals(decision))
    return decision


def approvals(decision: Decision, *officers: str) -> list[Known]:
    number = decision.asked.decision_id
    one, other = officers or (FIRST, SECOND)
    return [said(approval(one, "first", number), 910, 40.5), said(approval(other, "second", number), 911, 40.5)]
