"""Worlds in which a protective access is asked for, and every state of each of its conditions."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

from services.core.codes import FoundHow, MissingKind, OrganisationKind, Purpose, Role, Sector, YesNo
from services.core.facts import (
    ChildFound,
    ChildLookedAfter,
    ChildMissing,
    PlacementThreatSeen,
    ReportWithdrawn,
    WorkerAllocated,
)
from services.core.gates import AccessAsked, Child, Opener
from services.core.ids import FactId, OrgHandle
from services.core.known import Knowledge
from tests.builders import an_id, day
from tests.core import gate_worlds
from tests.core.enquiries import ANOTHER_BODY, ANOTHER_CHILD, AUTHORITY, CHECKER, NOW, OPENER, SECOND, TWO, said
from tests.core.gate_enumeration import World, disturbances
from tests.core.gate_states import States

_LATE = NOW - timedelta(minutes=2)
_PAGED = NOW - timedelta(seconds=1)


def who() -> Mapping[str, tuple[Role, OrganisationKind, frozenset[OrgHandle]]]:
    """The person who would see the location."""
    own, other = frozenset({AUTHORITY}), frozenset({ANOTHER_BODY})
    police, council = OrganisationKind.POLICE_FORCE, OrganisationKind.LOCAL_AUTHORITY
    return {
        "police, on duty": (Role.DUTY_OFFICER, police, other),
        "authority, on duty": (Role.DUTY_OFFICER, council, own),
        "another authority, on duty": (Role.DUTY_OFFICER, council, other),
        "health body, on duty": (Role.DUTY_OFFICER, OrganisationKind.HEALTH_BODY, other),
        "police, off duty": (Role.POLICE_OFFICER, police, other),
        "authority, off duty": (Role.SOCIAL_WORKER, council, own),
        "authority, a manager": (Role.MANAGER, council, own),
        "police, unverified": (Role.UNVERIFIED, police, other),
    }


def found(which: FactId | None = None, how: FoundHow = FoundHow.SEEN_IN_PERSON) -> Any:
    return ChildFound(which, how)


def _withdrawn(missing: ChildMissing) -> States:
    return {
        "withdrawn": (said(missing, 210, 39), said(ReportWithdrawn(), 211, 39.5, of_fact=210)),
        "withdrawn, then made again": (
            said(missing, 210, 39),
            said(ReportWithdrawn(), 211, 39.2, of_fact=210),
            said(missing, 212, 39.5, of_fact=210),
        ),
        "withdrawn, another report": (said(missing, 210, 39), said(ReportWithdrawn(), 211, 39.5)),
    }


def alert() -> States:
    """Missing reports and threats; events 210 and after."""
    missing, threat = ChildMissing(MissingKind.MISSING), PlacementThreatSeen()
    episode = FactId(an_id(1210))

    return {
        "missing": (said(missing, 210, 39),),
        "none": (),
        "away": (said(ChildMissing(MissingKind.AWAY_WITHOUT_AUTHORISATION), 210, 39),),
        "missing, undated": (said(missing, 210, None, known=39),),
        "missing, found before": (said(missing, 210, 39), said(found(), 211, 38)),
        "found, another episode": (said(missing, 210, 39), said(found(FactId(an_id(9))), 211, 39.5)),
        "found": (said(missing, 210, 39), said(found(), 211, 39.5)),
        "found, by the police": (
            said(missing, 210, 39),
            said(found(), 211, 39.5, sector=Sector.POLICE, org=ANOTHER_BODY),
        ),
        "found, nobody saw the child": (said(missing, 210, 39), said(found(how=FoundHow.UNVERIFIED), 211, 39.5)),
        "found, by another authority": (said(missing, 210, 39), said(found(), 211, 39.5, org=ANOTHER_BODY)),
        "found, that episode": (said(missing, 210, 39), said(found(episode), 211, 39.5)),
        **_withdrawn(missing),
        "another child missing": (said(missing, 210, 39, subject=ANOTHER_CHILD),),
        "threat": (said(threat, 210, 39),),
        "threat, old but just known": (said(threat, 210, 5, known=39),),
        "threat, undated": (said(threat, 210, None, known=39),),
        "threat, a week old to the second": (said(threat, 210, 33, known=33.5 + 1 / 86_400),),
        "threat, a week old": (said(threat, 210, 33, known=33.5),),
        "threat to another child": (said(threat, 210, 39, subject=ANOTHER_CHILD),),
    }


def allocated() -> States:
    """Whose case it is; events 220 and after."""

    def given(until: date | None = None, worker: str = OPENER) -> Any:
        return WorkerAllocated(worker, until)

    today = NOW.date()
    ended = given(today - timedelta(days=1))
    return {
        "no": (),
        "yes": (said(given(), 220, 5),),
        "yes, under the other record": (said(given(), 220, 5, subject=TWO),),
        "ends later": (said(given(today + timedelta(days=9)), 220, 5),),
        "ends today": (said(given(today), 220, 5),),
        "ended": (said(ended, 220, 5),),
        "ended by a correction": (said(given(), 220, 5), said(ended, 221, 5, of_fact=220, known=39)),
        "again after an end": (said(ended, 220, 5), said(given(), 221, 39)),
        "undated": (said(given(), 220, None, known=5),),
        "from tomorrow": (said(given(), 220, 41, known=5),),
        "to another": (said(given(worker=CHECKER), 220, 5),),
        "with another child": (said(given(), 220, 5, subject=ANOTHER_CHILD),),
        "by another authority": (said(given(), 220, 5, org=ANOTHER_BODY),),
        "by two authorities": (said(given(), 220, 5), said(given(), 221, 5, org=ANOTHER_BODY)),
        "by the police as the authority": (said(given(), 220, 5, sector=Sector.POLICE),),
    }


def authority() -> States:
    """Who looks after the child."""
    return {
        "own": (said(ChildLookedAfter(), 1, 1),),
        "nobody": (),
        "two": (said(ChildLookedAfter(), 1, 1), said(ChildLookedAfter(), 2, 2, org=ANOTHER_BODY)),
    }


LEASES: Mapping[str, timedelta] = {
    "minutes": timedelta(minutes=5),
    "the longest": timedelta(minutes=15),
    "too long": timedelta(minutes=15, seconds=1),
    "none": timedelta(),
    "backwards": timedelta(minutes=-1),
}
SECONDS: Mapping[str, dict[str, Any]] = {
    "yes": {"second": SECOND, "second_says": YesNo.YES},
    "yes, the opener": {"second": OPENER, "second_says": YesNo.YES},
    "yes, nobody": {"second": None, "second_says": YesNo.YES},
    "no": {"second": SECOND, "second_says": YesNo.NO, "asked_at": _LATE, "paged_at": _PAGED},
    "awaited": {"asked_at": _LATE + timedelta(seconds=1), "paged_at": _PAGED},
    "awaited, not paged": {"asked_at": _LATE + timedelta(seconds=1)},
    "never answered": {"asked_at": _LATE, "paged_at": _PAGED},
    "never answered, paged now": {"asked_at": _LATE, "paged_at": NOW},
    "never answered, not paged": {"asked_at": _LATE},
    "paged later": {"asked_at": _LATE, "paged_at": NOW + timedelta(seconds=1)},
    "never answered, asked later": {"asked_at": NOW + timedelta(days=1)},
}


class Accesses:
    """Makes worlds in which a protective access is asked for."""

    def __init__(self) -> None:
        self.who = who()
        alerting = ("threat", "missing", "away")  # these would open an alert besides
        since = {name: states for name, states in gate_worlds.since().items() if not name.startswith(alerting)}
        self.said: Mapping[str, States] = {
            "authority": authority(), "alert": alert(), "allocated": allocated(), "since": since,
        }  # fmt: skip
        self.states: Mapping[str, tuple[str, ...]] = {
            "child": tuple(gate_worlds.AROUND),
            "purpose": ("search_for_child", "protect_child", "care_of_child", "release_to_enquirer", "unknown"),
            "who": tuple(self.who),
            "lease": tuple(LEASES),
            "second": tuple(SECONDS),
            **{condition: tuple(states) for condition, states in self.said.items()},
        }
        self.good: World = {condition: states[0] for condition, states in self.states.items()}

    def make(self, world: World) -> tuple[AccessAsked, Knowledge]:
        """What is asked and known in a world."""
        around = gate_worlds.AROUND[world["child"]]
        events = tuple(event for condition, states in self.said.items() for event in states[world[condition]])
        asked = AccessAsked(
            child=Child(around.asked_subjects, around.asked_versions, disturbances(events)),
            purpose=Purpose(world["purpose"]),
            opener=Opener(OPENER, *self.who[world["who"]]),
            lease=LEASES[world["lease"]],
            **{"asked_at": day(40), **SECONDS[world["second"]]},
        )
        return asked, Knowledge(events, around.subjects, around.versions, around.whole)

    def product(self, *conditions: str) -> Iterator[World]:
        """Every state of each of these conditions with every state of the others, everything else being good."""
        for states in product(*(self.states[condition] for condition in conditions)):
            yield {**self.good, **dict(zip(conditions, states, strict=True))}
