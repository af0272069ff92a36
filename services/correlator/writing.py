"""Saves what a batch comes to, all in one go, and finds out whether somebody else was faster."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from services.core.case_json import to_json
from services.core.errors import Unreadable
from services.core.ids import CaseId, SubjectId
from services.correlator.handlers import Assigned, Outcome
from services.correlator.identity import NO_CLAIMS, Claims
from services.correlator.linking import Keys, linking
from services.correlator.said import Claim, Said, SaidAgain
from services.correlator.survey import Known
from services.correlator.telling import Message
from services.runtime.database import Connection, Question, ask, ask_each, write_rows
from services.runtime.fence import Place
from services.runtime.id_arrays import IdArray


class Overtaken(Exception):
    """Another worker saved one of these events or records first: what was decided rests on what is no longer so."""


async def save(  # noqa: PLR0913, PLR0917 - what was held, what it comes to, and what is told of it
    connection: Connection,
    outcome: Outcome,
    held: Known,
    keys: Keys,
    version: int,
    tell: Callable[[], Sequence[Message]],
) -> tuple[list[int], Sequence[Message]]:
    """Write what a batch comes to and what is to be told of it; gives the messages and their numbers in the outbox.

    What is to be told is written down while PostgreSQL is at what comes before it.

    Raises:
        Overtaken: another worker was faster; nothing of this transaction may be kept.
    """
    told: list[Message] = []

    def questions() -> Iterator[Question]:
        yield from _questions(outcome, held, keys, version)
        told.extend(tell())
        yield _outbox(told)

    found = outcome.found
    entries, subjects, *_, numbers = await ask_each(connection, questions())
    newcomers = [one for one in outcome.assigned if one.subject_id in found.newcomers]
    if (len(entries), len(subjects)) != (len(found.new), len(newcomers)):
        raise Overtaken
    return sorted(number for (number,) in numbers), told


def _questions(outcome: Outcome, held: Known, keys: Keys, version: int) -> Iterator[Question]:
    found = outcome.found
    yield _entries(found.new)
    yield _newcomers([one for one in outcome.assigned if one.subject_id in found.newcomers], version)
    yield from _moved([one for one in outcome.assigned if one.subject_id not in found.newcomers], version)
    yield from _said_again(found.again)
    yield from _claims(outcome, held.claims)
    yield from _decisions(outcome)
    yield from linking(outcome, held.portraits, keys)
    yield from _cases(outcome, version)


async def renew(connection: Connection, cases: Sequence[CaseId]) -> int:
    """Give some cases, and their records' places in them, a new version; gives it."""
    wanted = IdArray(cases)
    [[(version,)]] = await ask(connection, ("SELECT nextval('versions')", None))
    await ask(
        connection,
        ("UPDATE cases SET version = %b::bigint WHERE case_id = ANY(%b::bytea[])", [version, wanted]),
        ("UPDATE subjects SET assignment_version = %b::bigint WHERE case_id = ANY(%b::bytea[])", [version, wanted]),
    )
    return int(version)


async def leave(connection: Connection, messages: Sequence[Message]) -> None:
    """Put messages in the outbox; the relay finds them there."""
    await ask(connection, _outbox(messages))


async def bury(connection: Connection, letters: Mapping[Place, Iterable[tuple[int, Unreadable]]]) -> None:
    """Note the place of every record that cannot be read, and why; it stands in Kafka for ever."""
    await write_rows(
        connection,
        """INSERT INTO dead_letters (topic_id, partition, "offset", reason)
           SELECT * FROM unnest(%b::uuid[], %b::int[], %b::bigint[], %b::text[]) ON CONFLICT DO NOTHING""",
        [
            (place.topic_id, place.partition, offset, reason.value)
            for place, found in letters.items()
            for offset, reason in found
        ],
    )


def _entries(new: Sequence[Said]) -> Question:
    entries = [said.entry for said in new]
    return (
        """INSERT INTO entries (event_id, subject_id, fact_id, said_at, known_at, frame)
           SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::bytea[],
                                %b::timestamptz[], %b::timestamptz[], %b::bytea[])
           ON CONFLICT DO NOTHING RETURNING 1""",
        [
            IdArray([entry.event_id for entry in entries]),
            IdArray([entry.subject_id for entry in entries]),
            IdArray([entry.fact_id for entry in entries]),
            [entry.recorded_at for entry in entries],
            [entry.known_at for entry in entries],
            [said.frame for said in new],
        ],
    )


def _newcomers(assigned: Sequence[Assigned], version: int) -> Question:
    return (
        """INSERT INTO subjects (subject_id, case_id, known_at, assignment_version)
           SELECT *, %b::bigint FROM unnest(%b::bytea[], %b::bytea[], %b::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING 1""",
        [version, *_assigned(assigned)],
    )


def _moved(assigned: Sequence[Assigned], version: int) -> Iterator[Question]:
    if assigned:
        yield (
            """UPDATE subjects SET case_id = moved.case_id, known_at = moved.known_at, assignment_version = %b::bigint
               FROM unnest(%b::bytea[], %b::bytea[], %b::timestamptz[]) AS moved (subject_id, case_id, known_at)
               WHERE subjects.subject_id = moved.subject_id""",
            [version, *_assigned(assigned)],
        )


def _assigned(assigned: Sequence[Assigned]) -> list[object]:
    return [
        IdArray([one.subject_id for one in assigned]),
        IdArray([one.case_id for one in assigned]),
        [one.known_at for one in assigned],
    ]


def _said_again(again: Sequence[SaidAgain]) -> Iterator[Question]:
    if not again:
        return
    events, said_at = IdArray([one.event_id for one in again]), [one.recorded_at for one in again]
    yield (
        """INSERT INTO said_again (event_id, recorded_at, known_at)
           SELECT * FROM unnest(%b::bytea[], %b::timestamptz[], %b::timestamptz[]) ON CONFLICT DO NOTHING""",
        [events, said_at, [one.known_at for one in again]],
    )
    yield (
        """UPDATE entries SET said_at = again.said_at
           FROM (SELECT event_id, max(said_at) FROM unnest(%b::bytea[], %b::timestamptz[]) AS one (event_id, said_at)
                 GROUP BY event_id) AS again (event_id, said_at)
           WHERE entries.event_id = again.event_id AND entries.said_at < again.said_at""",
        [events, said_at],
    )


def _claims(outcome: Outcome, held: Claims) -> Iterator[Question]:
    before = {subject: held.get(subject, NO_CLAIMS) for subject in outcome.change.claims}
    more = [(who, claim) for who, claims in outcome.change.claims.items() for claim in claims - before[who]]
    less = [(who, claim) for who, claims in outcome.change.claims.items() for claim in before[who] - claims]
    if less:
        yield (
            """DELETE FROM claims WHERE (subject_id, scheme, value, disputed)
               IN (SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bool[]))""",
            _claimed(less),
        )
    if more:
        yield (
            """INSERT INTO claims (subject_id, scheme, value, disputed)
               SELECT * FROM unnest(%b::bytea[], %b::text[], %b::bytea[], %b::bool[])""",
            _claimed(more),
        )


def _claimed(rows: Sequence[tuple[SubjectId, Claim]]) -> list[object]:
    return [
        IdArray([subject for subject, _ in rows]),
        [claim.scheme.value for _, claim in rows],
        [claim.value.encode() for _, claim in rows],
        [claim.disputed for _, claim in rows],
    ]


def _decisions(outcome: Outcome) -> Iterator[Question]:
    gone, said = outcome.change.gone, outcome.change.said
    if gone:
        events = IdArray([stated.decision.event_id for stated in gone])
        yield "DELETE FROM decisions WHERE event_id = ANY(%b::bytea[])", [events]
    if said:
        yield (
            """INSERT INTO decisions (event_id, one, other, verdict, decided_at, said_by, decided_by)
               SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::bytea[], %b::text[], %b::timestamptz[], %b::bytea[],
                                    %b::text[])
               ON CONFLICT (event_id) DO UPDATE SET decided_at = excluded.decided_at""",
            [
                IdArray([stated.decision.event_id for stated in said]),
                IdArray([stated.decision.pair[0] for stated in said]),
                IdArray([stated.decision.pair[1] for stated in said]),
                [stated.decision.verdict.value for stated in said],
                [stated.decision.decided_at for stated in said],
                IdArray([stated.by for stated in said]),
                [stated.decision.by for stated in said],
            ],
        )


def _cases(outcome: Outcome, version: int) -> Iterator[Question]:
    """A case without records is no case: should one take its name again, it begins with a higher version."""
    if outcome.emptied:
        yield "DELETE FROM cases WHERE case_id = ANY(%b::bytea[])", [IdArray(outcome.emptied)]
    kept = [case for case in outcome.cases if case.case_id not in outcome.emptied]
    if kept:
        yield (
            """INSERT INTO cases (case_id, state, version) SELECT *, %b::bigint FROM unnest(%b::bytea[], %b::text[])
               ON CONFLICT (case_id) DO UPDATE SET state = excluded.state, version = excluded.version""",
            [version, IdArray([case.case_id for case in kept]), [to_json(case.state) for case in kept]],
        )


def _outbox(messages: Sequence[Message]) -> Question:
    return (
        """INSERT INTO outbox (key, value, topic) SELECT * FROM unnest(%b::bytea[], %b::bytea[], %b::text[])
           RETURNING seq""",
        [[one.key for one in messages], [one.value for one in messages], [one.topic for one in messages]],
    )
