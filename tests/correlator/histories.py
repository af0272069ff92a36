"""Made-up histories of children told by several agencies: corrected, repeated, linked, unlinked and refused."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

from services.core.claims import BirthDate, Identifier, Name, Subject
from services.core.codes import (
    ClaimStatus,
    FoundHow,
    IdentifierScheme,
    MissingKind,
    NameKind,
    Precision,
    Role,
    Sector,
    Sex,
)
from services.core.events import Event, Head
from services.core.facts import (
    ChildFound,
    ChildMissing,
    Fact,
    KinshipClaimed,
    LinkRefused,
    PoliceContact,
    RecordsLinked,
    RecordsUnlinked,
    ReportWithdrawn,
)
from services.core.ids import EventId, FactId, OrgHandle, SubjectId
from services.core.matching.stated import asked_for_at
from services.core.timeline import Entry
from services.correlator.likeness import asked_for_trait, portrait_of
from services.correlator.said import Claim, Said
from services.wire.records import record_of
from tests.builders import START, an_id, day

SUBJECTS = [SubjectId(an_id(number)) for number in range(1, 9)]
IDENTIFIERS = [
    (IdentifierScheme.NHS_NUMBER, "1"),
    (IdentifierScheme.NHS_NUMBER, "2"),
    (IdentifierScheme.PASSPORT, "3"),
    (IdentifierScheme.PASSPORT, "4"),
]
"""Few enough that records meet and contradict each other."""

NAMES = ["Aster Bekele Tesfaye", "Tesfaye Aster Bekele", "Aster Bekele", "Unknown", "Ngoc Lan Pham", "Bekele Tesfaye"]
NAMES += ["Hanna Bekele Tesfaye"]
BIRTHS = ["2010-05-17", "2010-05-17", "2010-05-12", "2010-01-01", "2010", "2011-03-04"]
"""Few enough that records are often likely of one child, often not or but for a digit; some may be either of two."""


def a_history(random: Random, events: int) -> list[Event]:
    """About `events` events; half of the facts are corrected, some events are said again later."""
    history: list[Event] = []
    facts = [FactId(an_id(random.getrandbits(64))) for _ in range(events)]
    while len(history) < events:
        first = _event(random, random.choice(SUBJECTS), facts[len(history)], facts)
        history += [first, *(_correction(random, first, facts) for _ in range(random.choice((0, 0, 1, 2))))]
        if random.random() < 0.3:
            history.append(_said_later(random, random.choice(history)))
    return history


def arrivals(random: Random, history: Iterable[Event]) -> Iterable[list[Event]]:
    """The history in some order, parts of it repeated, cut into batches."""
    events = list(history)
    events += random.sample(events, len(events) // 3)
    random.shuffle(events)
    while events:
        size = random.choice((1, 2, 5, 20))
        yield events[:size]
        events = events[size:]


def said(event: Event) -> Said:
    """An event as it is taken once it is decoded; it was known when it was recorded."""
    head = event.head
    entry = Entry(
        *(head.event_id, head.fact_id, head.subject_id, head.org, head.sector, head.role),
        occurred_at=head.occurred_at,
        precision=head.precision,
        recorded_at=head.recorded_at,
        known_at=head.recorded_at,
        fact=event.fact,
    )
    claims = (
        Claim(one.scheme, one.value, one.status is ClaimStatus.DISPUTED)
        for one in event.subject.identifiers
        if one.status is not ClaimStatus.UNVERIFIED
    )
    asked = asked_for_trait(asked_for_at(entry))
    return Said(entry, frozenset(claims), b"", portrait_of(record_of(event.subject)) | asked)


def _event(random: Random, subject: SubjectId, fact_id: FactId, facts: Sequence[FactId]) -> Event:
    precision = random.choice((Precision.DAY, Precision.INSTANT, Precision.UNKNOWN))
    head = Head(
        event_id=EventId(an_id(random.getrandbits(64))),
        fact_id=fact_id,
        subject_id=subject,
        sector=random.choice(list(Sector)),
        org=OrgHandle(an_id(random.choice((1, 2)))),
        role=Role.UNVERIFIED,
        occurred_at=None if precision is Precision.UNKNOWN else day(random.randrange(20)),
        precision=precision,
        recorded_at=day(random.randrange(30)),
        received_at=START,
    )
    return Event(head, _claimed(random), _fact(random, subject, facts))


def _correction(random: Random, event: Event, facts: Sequence[FactId]) -> Event:
    """The same fact in other words; sometimes it claims another number, disputes the one it claimed, or is taken back.

    What takes a report back is often recorded at the very moment of the report.
    """
    corrected = _event(random, event.head.subject_id, event.head.fact_id, facts)
    if not isinstance(event.fact, ChildMissing) or random.random() < 0.5:
        return corrected
    recorded_at = random.choice((event.head.recorded_at, corrected.head.recorded_at))
    return replace(corrected, head=replace(corrected.head, recorded_at=recorded_at), fact=ReportWithdrawn())


def _said_later(random: Random, event: Event) -> Event:
    return replace(event, head=replace(event.head, recorded_at=day(random.randrange(30, 60))))


def _claimed(random: Random) -> Subject:
    statuses = (ClaimStatus.DOCUMENTED,) * 6 + (ClaimStatus.DISPUTED, ClaimStatus.UNVERIFIED)
    named = random.sample(IDENTIFIERS, random.choice((0, 0, 0, 1, 1, 2)))
    names = random.sample(NAMES, random.choice((0, 0, 1, 1, 2)))
    births = random.sample(BIRTHS, random.choice((0, 0, 1, 1, 2)))
    return Subject(
        identifiers=tuple(Identifier(scheme, value, random.choice(statuses)) for scheme, value in named),
        names=tuple(Name(text, NameKind.FULL, random.choice(statuses)) for text in names),
        dates_of_birth=tuple(BirthDate(value, random.choice(statuses)) for value in dict.fromkeys(births)),
        sex=random.choice((Sex.FEMALE, Sex.MALE, Sex.UNKNOWN, Sex.UNKNOWN)),
        nationalities=random.choice(((), ("ET",), ("VN",))),
    )


def _fact(random: Random, subject: SubjectId, facts: Sequence[FactId]) -> Fact:
    other = random.choice([one for one in SUBJECTS if one != subject])
    episode = random.choice(facts)
    said: list[Fact] = [
        PoliceContact(),
        ChildMissing(random.choice(list(MissingKind))),
        ChildFound(random.choice((None, episode)), FoundHow.SEEN_IN_PERSON),
        RecordsLinked(other, decided_by=random.choice((None, an_id(0xA), an_id(0xB)))),
        RecordsUnlinked(other),
        LinkRefused(other),
        KinshipClaimed(an_id(0xAD)),
    ]
    return random.choices(said, weights=(3, 3, 2, 2, 1, 1, 1))[0]
