"""Children in the correlator's own tables, and records of some of them looked up and weighed as the correlator does."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from itertools import repeat
from multiprocessing import get_context
from random import Random
from time import perf_counter

from services.cli.match.population import children, records
from services.core.claims import Subject
from services.core.ids import SubjectId
from services.correlator import reading
from services.correlator.kept import portrait_to
from services.correlator.likeness import Matcher, portrait_of
from services.correlator.said import Portrait
from services.runtime.database import Connection, Database, ask, connect
from services.runtime.settings import HOME
from services.runtime.weights import load_weights

CHUNK = 10_000  # children of one seed
AT_ONCE = 500  # records, as the correlator takes them
WORKERS = 2
STORED, LOOKED_UP = 0, 2  # of a child's records, in the order of the agencies: UKBA's and health's

Portraits = Mapping[SubjectId, Portrait]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of each lookup, of a question that asks for nothing, and of scoring alone; all single."""

    lookups: list[float]
    floor: list[float]
    candidates: int
    found: int


def matcher() -> Matcher:
    return Matcher(load_weights(HOME))


def portraits(chunk: int, which: int, count: int = CHUNK) -> dict[SubjectId, Portrait]:
    """What the first `count` children of a chunk claim in one of their records."""
    found = {}
    for child in children(chunk, count):
        recorded = list(records(CHUNK * chunk + child.number, [child], which + 1))[which]
        found[_id(f"{chunk} {child.number} {which}")] = _portrait(recorded.subject)
    return found


def _id(text: str) -> SubjectId:
    return SubjectId(blake2b(text.encode(), digest_size=16).hexdigest())


def _portrait(of: Subject) -> Portrait:
    names = [{"text": name.text, "kind": name.kind.value, "status": name.status.value} for name in of.names]
    births = [{"value": birth.value, "status": birth.status.value} for birth in of.dates_of_birth]
    origins = {"nationalities": of.nationalities, "languages": of.languages}
    return portrait_of({"names": names, "dates_of_birth": births, "sex": of.sex.value, **origins})


def fill(where: Database, first: int, last: int) -> None:
    """Store a record of each child of these chunks, in as many processes as there are cores."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        list(pool.map(_stored, repeat(where), range(first, last)))


def _stored(where: Database, chunk: int) -> None:
    asyncio.run(_store(where, portraits(chunk, STORED)))


async def _store(where: Database, those: Portraits) -> None:
    by = matcher()
    async with await connect(where) as connection:
        cursor = connection.cursor()
        async with cursor.copy("COPY portraits (subject_id, traits) FROM STDIN") as copy:
            for subject, portrait in those.items():
                await copy.write_row((bytes.fromhex(subject), portrait_to(portrait)))
        async with cursor.copy("COPY blocks (key, subject_id) FROM STDIN") as copy:
            for subject, portrait in those.items():
                for key in by.keys(portrait):
                    await copy.write_row((key, bytes.fromhex(subject)))


def drawn(chunks: int, count: int, seed: int) -> Iterator[tuple[SubjectId, Portrait]]:
    """Records that another agency makes of children who are stored, of as many chunks as there are."""
    random = Random(seed)
    each = max(count // chunks, 1)
    found = [one for chunk in range(chunks) for one in portraits(chunk, LOOKED_UP, 4 * each).items()]
    yield from random.sample(found, count)


async def look_up(connection: Connection, by: Matcher, those: Portraits) -> tuple[int, int]:
    """How many candidates some records have, and how many edges come of it."""
    keys = {key for portrait in those.values() for key in by.keys(portrait)}
    beside, _ = await reading.beside(connection, those.keys(), keys)
    return len(beside.portraits), len(by.edges(those, beside))


async def one_by_one(where: Database, asked: list[tuple[SubjectId, Portrait]]) -> Measured:
    """Look records up, each by itself; between them a question that asks for nothing."""
    by, lookups, floor, candidates, found = matcher(), [], [], 0, 0
    async with await connect(where) as connection:
        for subject, portrait in asked:
            began = perf_counter()
            beside, edges = await look_up(connection, by, {subject: portrait})
            between = perf_counter()
            await ask(connection, ("SELECT 1", None))
            floor.append(perf_counter() - between)
            lookups.append(between - began)
            candidates, found = candidates + beside, found + edges
    return Measured(lookups[len(asked) // 10 :], floor[len(asked) // 10 :], candidates, found)


def rate(where: Database, chunks: int, count: int) -> float:
    """Lookups a second where every core looks up its share, in batches."""
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as pool:
        seconds = list(pool.map(_batches, repeat(where), repeat(chunks), repeat(count), range(WORKERS)))
    return WORKERS * count / max(seconds)


def _batches(where: Database, chunks: int, count: int, worker: int) -> float:
    return asyncio.run(_look_up_all(where, list(drawn(chunks, count, worker))))


async def _look_up_all(where: Database, asked: list[tuple[SubjectId, Portrait]]) -> float:
    by = matcher()
    async with await connect(where) as connection:
        await look_up(connection, by, dict(asked[:1]))
        began = perf_counter()
        for first in range(0, len(asked), AT_ONCE):
            await look_up(connection, by, dict(asked[first : first + AT_ONCE]))
        return perf_counter() - began
