"""Every world of the two gates: one state of each condition, made into what is asked and what is known."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from services.core.codes import OrganisationKind, Role, Sector
from services.core.gates import Child, Opener, ReleaseAsked
from services.core.ids import EventId
from services.core.known import Knowledge, Known
from tests.core import gate_states, gate_worlds
from tests.core.enquiries import ANOTHER_BODY, ASKED_ON, DECISION, ENQUIRER, OPENER, moment
from tests.core.gate_states import States

World = Mapping[str, str]
"""A state of each condition, by their names."""

DISTURBING = {
    "PlacementStarted", "PlacementEnded", "ChildMissing", "ChildFound", "PlacementThreatSeen",
    "RecordsLinked", "RecordsUnlinked", "LinkRefused",
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

    def pairs(self) -> Iterator[World]:
        """Every two states of every two conditions, everything else being good."""
        for one, other in combinations(self.states, 2):
            for states in product(self.states[one], self.states[other]):
                yield {**self.good, one: states[0], other: states[1]}

    def subsets(self, bad: World) -> Iterator[World]:
        """Each condition good or in one bad state: all of them."""
        for fails in product((False, True), repeat=len(bad)):
            states = (bad if failing else self.good for failing in fails)
            yield {condition: state[condition] for condition, state in zip(bad, states, strict=True)}


def disturbances(events: tuple[Known, ...]) -> frozenset[EventId]:
    """What had disturbed the child when the release was asked for."""
    known = (one for one in events if one.known_at < moment(ASKED_ON))
    return frozenset(one.event.head.event_id for one in known if type(one.event.fact).__name__ in DISTURBING)
