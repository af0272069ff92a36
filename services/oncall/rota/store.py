"""The rotas' tables: the staff, every version that was ever published, and every handover that was offered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from services.core.codes import Sector
from services.core.oncall.handover import Offer, State
from services.core.oncall.rota import Cause, Rota, Version
from services.core.rights import PersonRole
from services.runtime.database import Connection, ask, write_rows

_ROTA = TypeAdapter(Rota)
_PAGE = 100


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on an agency's staff who can be on duty, by their handle."""

    person: str
    name: str
    role: PersonRole


@dataclass(frozen=True, slots=True)
class Publication:
    """A version and who published it, why and when; `by` is a handle."""

    version: Version
    by: str
    cause: Cause


async def hold(connection: Connection, agency: Sector) -> None:
    """Let nobody else change this agency's rota until the transaction ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('rota of ' || %s, 0))", [agency])


async def members(connection: Connection, agency: Sector) -> dict[str, Member]:
    """An agency's staff, by handle."""
    [rows] = await ask(
        connection, ("SELECT person, name, role FROM members WHERE agency = %s ORDER BY name, person", [agency])
    )
    return {person.hex(): Member(person.hex(), name, PersonRole(role)) for person, name, role in rows}


async def agencies_of(connection: Connection, people: Iterable[str]) -> dict[str, Sector]:
    """On whose staff each of these people is, if on any."""
    handles = [bytes.fromhex(person) for person in people]
    [rows] = await ask(connection, ("SELECT person, agency FROM members WHERE person = ANY(%s::bytea[])", [handles]))
    return {person.hex(): Sector(agency) for person, agency in rows}


async def keep_members(connection: Connection, agency: Sector, staff: Iterable[Member]) -> None:
    """Make these people the staff of an agency, and nobody else."""
    await connection.execute("DELETE FROM members WHERE agency = %s", [agency])
    await write_rows(
        connection,
        """INSERT INTO members (person, agency, name, role)
           SELECT * FROM unnest(%b::bytea[], %b::text[], %b::text[], %b::text[])""",
        [(bytes.fromhex(one.person), agency, one.name, one.role) for one in staff],
    )


async def latest(connection: Connection, agency: Sector, at: datetime | None = None) -> Version | None:
    """The last version of a rota that was published by an instant, or of all."""
    by = at or datetime.max.replace(tzinfo=UTC)
    found = await _publications(connection, agency, by, 1)
    return found[0].version if found else None


async def publications(connection: Connection, agency: Sector) -> list[Publication]:
    """The last versions of an agency's rota, the newest first."""
    return await _publications(connection, agency, datetime.max.replace(tzinfo=UTC), _PAGE)


async def _publications(connection: Connection, agency: Sector, by: datetime, at_most: int) -> list[Publication]:
    [rows] = await ask(
        connection,
        (
            """SELECT number, published_at, rota::text, published_by, cause FROM rota_versions
               WHERE agency = %s AND published_at <= %s ORDER BY number DESC LIMIT %s""",
            [agency, by, at_most],
        ),
    )
    return [
        Publication(Version(number, at, _ROTA.validate_json(rota)), person.hex(), Cause(cause))
        for number, at, rota, person, cause in rows
    ]


async def publish(connection: Connection, agency: Sector, made: Publication) -> None:
    """Add a version; what was published never changes."""
    await connection.execute(
        """INSERT INTO rota_versions (agency, number, published_at, rota, published_by, cause)
           VALUES (%s, %s, %s, %s::jsonb, %s, %s)""",
        [
            agency,
            made.version.number,
            made.version.published_at,
            _ROTA.dump_json(made.version.rota).decode(),
            bytes.fromhex(made.by),
            made.cause,
        ],
    )


async def keep_offer(connection: Connection, agency: Sector, number: str, offer: Offer) -> None:
    """Add an offer, or how it now stands."""
    await connection.execute(
        """INSERT INTO handovers (handover_id, agency, giver, receiver, until, offered_at, state)
           VALUES (%s, %s, %s, %s, %s, %s, %s)
           ON CONFLICT (handover_id) DO UPDATE SET state = excluded.state""",
        [
            bytes.fromhex(number),
            agency,
            bytes.fromhex(offer.giver),
            bytes.fromhex(offer.receiver),
            offer.until,
            offer.offered_at,
            offer.state,
        ],
    )


async def offers(connection: Connection, agency: Sector) -> Mapping[str, Offer]:
    """The last offers of an agency, the newest first, by their numbers."""
    [rows] = await ask(
        connection,
        (
            """SELECT handover_id, giver, receiver, until, offered_at, state FROM handovers
               WHERE agency = %s ORDER BY offered_at DESC, handover_id LIMIT %s""",
            [agency, _PAGE],
        ),
    )
    return {number.hex(): _offer(*said) for number, *said in rows}


def _offer(giver: bytes, receiver: bytes, until: datetime, offered_at: datetime, state: Any) -> Offer:  # noqa: ANN401
    return Offer(giver.hex(), receiver.hex(), until, offered_at, State(state))
