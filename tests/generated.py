"""Generated input: what four agencies say of the same children, as files of canonical JSON, the same for each seed.

Agencies know a child under ids of their own, and share numbers by which their records meet. They say things twice,
correct them, and link and part records that share no number. Files come in no order of time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from random import Random
from typing import Any

from nhs_number.validate import is_valid

from services.core import ids
from services.core.codes import OrganisationKind, Sector
from services.core.ids import EventId, SubjectId
from services.core.sharing import Edge, EdgeKeys, Outcome, SealedFact, share
from services.core.statements import Opened
from services.correlator.said import Said
from services.formats.catalogue import cut_files, read
from tests.builders import START
from tests.correlator.histories import said
from tests.formats.documents import example, lines

SYSTEM = "system-1"
EDGE_KINDS = {
    Sector.POLICE: OrganisationKind.POLICE_FORCE,
    Sector.UKBA: OrganisationKind.UKBA,
    Sector.LOCAL_AUTHORITY: OrganisationKind.LOCAL_AUTHORITY,
    Sector.HEALTH: OrganisationKind.HEALTH_BODY,
}
# The first of each agency's gives a reason to share whatever is told with it.
EVENTS = {
    Sector.POLICE: ("PoliceContact", "ChildMissing", "Sighting", "ChildFound"),
    Sector.UKBA: ("BorderEncounter", "ReferralMade"),
    Sector.LOCAL_AUTHORITY: ("ChildLookedAfter", "PlacementStarted", "PlacementEnded", "KinshipClaimed"),
    Sector.HEALTH: ("HealthAttendance",),
}
DECISIONS = ("RecordsLinked", "RecordsUnlinked", "LinkRefused")
VARIED: dict[str, dict[str, tuple[str, ...]]] = {
    "PoliceContact": {"circumstance": ("criminal_activity", "immigration_status", "missing_person_referral")},
    "ChildMissing": {"kind": ("missing", "away_without_authorisation")},
    "Sighting": {"seen_by": ("police", "public")},
    "ChildFound": {"how": ("seen_in_person", "recorded_by_authority")},
    "BorderEncounter": {"asylum_claimed": ("yes", "no")},
    "HealthAttendance": {"setting": ("emergency_department", "maternity")},
}
PLACES = {"ChildMissing": "last_seen", "PlacementStarted": "placement_address", "HealthAttendance": "hospital"}


@dataclass(frozen=True)
class File:
    """One agency's file, as its organisation publishes it."""

    agency: Sector
    content: bytes

    @property
    def organisation(self) -> str:
        return organisation(self.agency)


@dataclass(frozen=True)
class Truth:
    """What files come to: every event as it is said, one by one, and every sealed part of a fact."""

    said: tuple[Said, ...]
    sealed: tuple[SealedFact, ...]

    @property
    def event_ids(self) -> set[EventId]:
        return {one.entry.event_id for one in self.said}


def organisation(agency: Sector) -> str:
    return f"ORGANISATION-{agency.value}"


def files(random: Random, children: range, most: int, edge_keys: Mapping[Sector, EdgeKeys]) -> list[File]:
    """At most `most` files about these children, ten events or so each; the keys tell whom links name."""
    numbers = zip(children, _nhs_numbers(children.start), strict=False)
    tellings = [telling for child, number in numbers for telling in _tellings(random, child, number)]
    tellings += [_decision(random, children, edge_keys) for _ in range(len(children) // 4)]
    piles: dict[tuple[Sector, int], list[Any]] = defaultdict(list)
    for agency, documents in tellings:
        piles[agency, random.randrange(most // len(EDGE_KINDS))] += documents
    found = [File(agency, lines(*documents)) for (agency, _), documents in sorted(piles.items())]
    random.shuffle(found)
    return found


def truth(published: list[File], edge_keys: Mapping[Sector, EdgeKeys]) -> Truth:
    """What the files come to when nothing goes wrong, by the same pure rules and without any process."""
    outcomes = [outcome for file in published for outcome in _outcomes(file, edge_keys[file.agency])]
    return Truth(
        tuple(said(event) for outcome in outcomes for event in outcome.events),
        tuple(sealed for outcome in outcomes for sealed in outcome.sealed_facts),
    )


def _outcomes(file: File, keys: EdgeKeys) -> Iterator[Outcome]:
    # Received long after everything was recorded, as it is when a test runs.
    received = START.replace(year=START.year + 1)
    for part in cut_files(file.agency, [file.content]):
        for record in part.cut.records:
            opened = Opened(part.cut.format, file.organisation, EDGE_KINDS[file.agency], received, record)
            yield share(read(file.agency, opened), Edge(keys, file.agency, received))


def _nhs_numbers(first: int) -> Iterator[str]:
    """Valid ones, of the range that is given to nobody and apart from the scenario's; one in eleven is valid."""
    return (text for number in count(9_995_000_000 + 20 * first) if is_valid(text := str(number)))


def _tellings(random: Random, child: int, nhs_number: str) -> Iterator[tuple[Sector, list[dict[str, Any]]]]:
    """What is said of one child, by agency and occasion; a second occasion repeats, corrects and adds."""
    known_as = _identifiers(child, nhs_number)
    for agency, events in EVENTS.items():
        for occasion in range(random.choice((1, 1, 2, 3))):
            later = random.sample(events[1:], random.randint(0, len(events) - 1))
            chosen = (events[0], *later)
            yield agency, [_document(random, event, agency, child, occasion, known_as[agency]) for event in chosen]


def _identifiers(child: int, nhs_number: str) -> dict[Sector, list[dict[str, str]]]:
    """Every third child's records meet by a chain of numbers, every third's in part, and the others' not at all."""
    passport, reference = (
        {"scheme": scheme, "value": f"{letter}{child + 1000000}", "status": "documented"}
        for scheme, letter in (("passport", "P"), ("home_office_reference", "Z"))
    )
    health = {"scheme": "nhs_number", "value": nhs_number, "status": "documented"}
    chain = {
        Sector.POLICE: [passport],
        Sector.UKBA: [passport, reference],
        Sector.LOCAL_AUTHORITY: [reference, health],
        Sector.HEALTH: [health],
    }
    return {agency: named[: 2 - child % 3] if child % 3 else named for agency, named in chain.items()}


def _document(
    random: Random, event: str, agency: Sector, child: int, occasion: int, identifiers: list[dict[str, str]]
) -> dict[str, Any]:
    document = example(event, source={"system": SYSTEM, "child": _own_id(agency, child)})
    document["recorded_at"] = f"2026-04-{1 + occasion:02}T{random.randrange(24):02}:00:00Z"
    document["occurred_at"] = f"2026-03-{1 + child % 28:02}"
    document["subject"] = {"identifiers": identifiers}
    document["fact"] |= {name: random.choice(values) for name, values in VARIED.get(event, {}).items()}
    if event in PLACES:
        document["location"] = {PLACES[event]: f"House {random.randrange(3)}, Street {child}"}
    return document


def _decision(
    random: Random, children: range, edge_keys: Mapping[Sector, EdgeKeys]
) -> tuple[Sector, list[dict[str, Any]]]:
    """A coordinator of the local authority joins two records, or parts them, or refuses to join them."""
    one, other = (_subject(random, children, edge_keys) for _ in range(2))
    document = example(random.choice(DECISIONS), source={"subject_id": one}, fact__other=other)
    document["key"] = f"decision-{random.randrange(10**9)}"
    document["recorded_at"] = f"2026-05-{random.randint(1, 28):02}T09:00:00Z"
    return Sector.LOCAL_AUTHORITY, [document] if one != other else []


def _subject(random: Random, children: range, edge_keys: Mapping[Sector, EdgeKeys]) -> SubjectId:
    agency, child = random.choice(list(EDGE_KINDS)), random.choice(children)
    return ids.subject_id(edge_keys[agency].own, organisation(agency), SYSTEM, _own_id(agency, child))


def _own_id(agency: Sector, child: int) -> str:
    return f"{agency.value}-{child}"
