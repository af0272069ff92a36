"""Every world of the two gates: one state of each condition, made into what is asked and what is known."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, product

from services.core.codes import OrganisationKind, Role, Sector
from services.core.events import Event
from services.core.gates import Child, Opener, ReleaseAsked
from services.core.ids import EventId
from services.core.known import Knowledge, Known
from tests.builders import an_id
from tests.core import gate_states, gate_worlds
from tests.core.enquiries import (
    ANOTHER_BODY,
    ASKED_ON,
    ASSESSOR,
    CHILDS_INTERVIEWER,
    COMPARER,
    DECISION,
    ENQUIRER,
    FIRST,
    INTERVIEWER,
    OPENER,
    SECOND,
    moment,
)
from tests.core.gate_states import States

World = Mapping[str, str]
"""A state of each condition, by their names."""

DISTURBING = {
    "PlacementStarted", "PlacementEnded", "ChildMissing", "ChildFound", "ReportWithdrawn",
    "PlacementThreatSeen", "RecordsLinked", "RecordsUnlinked", "LinkRefused",
}  # fmt: skip


def said_states() -> Mapping[str, States]:
    """The conditions that events decide."""
    return {
        "authority": gate_worlds.authority(),
        "interview": gate_states.interview(),
        "identity": gate_states.identity(),
        "local authority check": gate_states.agency("local_authority", 30, 12),
        "police check": gate_states.agency("police", 40, 13, sector=Sector.POLICE, org=ANOTHER_BODY),
        "ukba check": gate_states.agency("ukba", 50, 14, sector=Sector.UKBA, org=ANOTHER_BODY),
        "heard": gate_states.heard(),
        "relationship": gate_states.relationship(),
        "meeting": gate_states.meeting(),
        "assessment": gate_states.assessment(),
        "approvals": gate_worlds.approvals(),
        "since": gate_worlds.since(),
        "revocations": gate_worlds.revocations(),
        "adverse": gate_worlds.adverse(),
    }


class Releases:
    """Makes worlds in which a release is asked for."""

    def __init__(self) -> None:
        self.said = said_states()
        self.states: Mapping[str, tuple[str, ...]] = {
            "child": tuple(gate_worlds.AROUND),
            "opener": tuple(gate_worlds.OPENERS),
            "purpose": tuple(gate_worlds.PURPOSES),
            **{condition: tuple(states) for condition, states in self.said.items()},
        }
        self.good: World = {condition: states[0] for condition, states in self.states.items()}

    def make(self, world: World) -> tuple[ReleaseAsked, Knowledge]:
        """What is asked and known in a world."""
        around = gate_worlds.AROUND[world["child"]]
        events = tuple(event for condition, states in self.said.items() for event in states[world[condition]])
        child = Child(around.asked_subjects, around.asked_versions, disturbances(events))
        opener = Opener(
            OPENER, Role.SOCIAL_WORKER, OrganisationKind.LOCAL_AUTHORITY, gate_worlds.OPENERS[world["opener"]]
        )
        asked = ReleaseAsked(DECISION, ENQUIRER, child, gate_worlds.PURPOSES[world["purpose"]], opener)
        return asked, Knowledge(events, around.subjects, around.versions, around.whole)

    def singles(self) -> Iterator[World]:
        """Every state of every condition, everything else being good."""
        return ({**self.good, condition: state} for condition, states in self.states.items() for state in states)

    def pairs(self, without: Collection[str]) -> Iterator[World]:
        """Every two states of every two conditions but some, everything else being good."""
        for one, other in combinations([condition for condition in self.states if condition not in without], 2):
            for states in product(self.states[one], self.states[other]):
                yield {**self.good, one: states[0], other: states[1]}

    def with_people(self, people: Mapping[str, str]) -> tuple[ReleaseAsked, Knowledge]:
        """The good world with these people in it, each named by what they do."""
        asked, known = self.make(self.good)
        who = {DOES[role]: PERSON[number] for role, number in people.items()}
        said = tuple(Known(_by(one.event, who), one.known_at) for one in known.said)
        return replace(asked, opener=replace(asked.opener, handle=who[OPENER])), replace(known, said=said)


DOES = {
    "interviewer": INTERVIEWER,
    "child's interviewer": CHILDS_INTERVIEWER,
    "comparer": COMPARER,
    "assessor": ASSESSOR,
    "first approver": FIRST,
    "second approver": SECOND,
    "opener": OPENER,
}
PERSON = {str(number): an_id(700 + number) for number in range(len(DOES))}


def partitions() -> Iterator[Mapping[str, str]]:
    """Every way in which those who act can be the same people: who acts, to the number of a person."""

    def spread(actors: tuple[str, ...], used: int) -> Iterator[dict[str, str]]:
        if not actors:
            yield {}
            return
        for person in range(used + 1):
            for rest in spread(actors[1:], max(used, person + 1)):
                yield {actors[0]: str(person), **rest}

    return spread(tuple(DOES), 0)


def _by(event: Event, who: Mapping[str, str]) -> Event:
    officer = who.get(getattr(event.fact, "officer", ""))
    return replace(event, fact=replace(event.fact, officer=officer)) if officer else event  # type: ignore[arg-type]


def disturbances(events: tuple[Known, ...]) -> frozenset[EventId]:
    """What had disturbed the child when the release was asked for."""
    known = (one for one in events if one.known_at < moment(ASKED_ON))
    return frozenset(one.event.head.event_id for one in known if type(one.event.fact).__name__ in DISTURBING)
