"""Opens sealed contents under a decision: what is read here goes to the vault's own page and nowhere else."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, LiteralString

import structlog
from psycopg.rows import TupleRow

from services.core.errors import BrokenRule
from services.core.ids import FactId, OrgHandle, SubjectId, body_handle
from services.core.known import Version
from services.core.rights import Person
from services.runtime.database import Connection
from services.runtime.id_arrays import IdArray
from services.vault.handlers import content_of
from services.vault.keys import Keyring, Locked
from services.vault.showing import Content

log = structlog.get_logger()

Body = tuple[str, str]
"""The handle of an organisation as people belong to it, and its kind."""

_LOCATIONS: LiteralString = """
    SELECT subject_id, fact_id, field, digest, kek_id, wrapped_key, ciphertext FROM contents
    WHERE field = 'location' AND erasure IS NULL
    AND (fact_id, digest) IN (SELECT * FROM unnest(%b::bytea[], %b::bytea[]))"""
_BODIES: LiteralString = """
    SELECT subject_id, fact_id, field, digest, kek_id, wrapped_key, ciphertext FROM contents
    WHERE field = 'organisation' AND erasure IS NULL AND subject_id = ANY(%b::bytea[])"""


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens a content, and what gives bodies the handles under which people belong to them."""

    kek: Keyring
    people: bytes = field(repr=False)


async def contents(
    connection: Connection, kek: Keyring, versions: Collection[Version], *, partly: bool
) -> tuple[Content, ...]:
    """Open these versions of sealed locations, and no other; `partly`: one that does not open hides no other.

    Raises:
        BrokenRule: one was moved or altered, and all were asked for.
    """
    given = [IdArray([fact for fact, _ in versions]), [digest for _, digest in versions]]
    rows = await (await connection.execute(_LOCATIONS, given, binary=True)).fetchall()
    return tuple(_opened_or_not(kek, row) if partly else _opened(kek, *row) for row in rows)


def _opened_or_not(kek: Keyring, row: TupleRow) -> Content:
    try:
        return _opened(kek, *row)
    except BrokenRule as error:
        log.critical("A location does not open; those who search are shown the others.", exc_info=error)
        return Content(FactId(row[1].hex()), {}, spoilt=True)


async def bodies(connection: Connection, keys: Keys, subjects: Collection[SubjectId]) -> dict[OrgHandle, set[Body]]:
    """The bodies that stand behind the handles under which something is said of these records.

    Behind none, if a content was moved or altered: it may have named another body. Who needs no body to speak, as those
    do who search for the police, is not shut out.
    """
    cursor = await connection.execute(_BODIES, [IdArray(sorted(subjects))], binary=True)
    try:
        said = [_opened(keys.kek, *row).words for row in await cursor.fetchall()]
    except BrokenRule as error:
        log.critical("A content that tells who speaks of a child does not open; nobody speaks for it.", exc_info=error)
        return {}
    found: defaultdict[OrgHandle, set[Body]] = defaultdict(set)
    for words in said:
        if "handle" in words:
            body = body_handle(keys.people, words.get("organisation", "")), words.get("kind", "")
            found[OrgHandle(words["handle"])].add(body)
    return dict(found)


def speaks_as(known: Mapping[OrgHandle, AbstractSet[Body]], who: Person) -> frozenset[OrgHandle]:
    """The handles behind which a person's body stands and no other: where two claim a handle, it is nobody's."""
    return frozenset(handle for handle, found in known.items() if found == {(who.organisation, who.kind.value)})


def _opened(kek: Keyring, *row: Any) -> Content:  # noqa: ANN401 - the columns of a row
    subject, fact, field_, digest, *locked = row
    binding = subject.hex(), fact.hex(), field_, digest
    return Content(FactId(fact.hex()), words_of(kek.unlock(Locked(*locked), *binding)))


def words_of(plaintext: bytes) -> dict[str, str]:
    """What of a content can be read by people, whatever a processor sealed: the rest must hide no other content."""
    return {name: _text(said) for name, said in content_of(plaintext).items() if said is not None}


def _text(said: object) -> str:
    """As text, with a mark in the place of each half of a sign, which no page could be written with."""
    text = said if isinstance(said, str) else json.dumps(said)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
