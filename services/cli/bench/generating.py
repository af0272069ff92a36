"""Generated input: what four agencies say of synthetic children, as canonical documents; the same for each seed."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from services.core.codes import Sector

Document = dict[str, Any]

_BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
_MINUTES = 60 * 24 * 28
_LETTERS = "abcdefghij"
_SHARE_OF_AGENCY = {Sector.POLICE: 0.6, Sector.UKBA: 0.7, Sector.LOCAL_AUTHORITY: 0.9, Sector.HEALTH: 0.5}
_SYSTEM = {
    Sector.POLICE: "missing-persons",
    Sector.UKBA: "port-casework",
    Sector.LOCAL_AUTHORITY: "social-care",
    Sector.HEALTH: "emergency-department",
}
_ROLE = {
    Sector.POLICE: "police_officer",
    Sector.UKBA: "immigration_officer",
    Sector.LOCAL_AUTHORITY: "social_worker",
    Sector.HEALTH: "clinician",
}
# Agencies that share a number meet in one case; a number is known to each of its agencies only so often.
_KNOWN_BY = {
    "nrm_reference": {Sector.POLICE: 0.5, Sector.UKBA: 1.0, Sector.LOCAL_AUTHORITY: 0.8},
    "passport": {Sector.LOCAL_AUTHORITY: 0.5, Sector.HEALTH: 0.5},
}


@dataclass(frozen=True, slots=True)
class Telling:
    """What one agency's system says of one child, in the order in which it was recorded."""

    agency: Sector
    documents: tuple[Document, ...]


def organisation(agency: Sector) -> str:
    """The code under which an agency's generated files are published."""
    return f"BENCH-{agency.value}"


def tellings(seed: int, run: str, events: int) -> Iterator[Telling]:
    """About synthetic children until there are `events` documents; another `run` is of others.

    A run is told by at most nine capital letters and digits.
    """
    random, child = Random(seed), 0  # noqa: S311 - a repeatable draw, no secret
    while events > 0:
        for telling in _of_child(random, f"{run}{child:05}"):
            documents = telling.documents[: max(events, 0)]
            events -= len(documents)
            if documents:
                yield Telling(telling.agency, documents)
        child += 1


def sightings(seed: int, run: str, events: int, agencies: Sequence[Sector] = tuple(Sector)) -> Iterator[Telling]:
    """As many reports, each of one event about a child of its own, by these agencies in turn."""
    random = Random(seed)  # noqa: S311 - a repeatable draw, no secret
    for number in range(events):
        agency = agencies[number % len(agencies)]
        yield _telling(random, agency, f"{run}{number:05}", _FACTS[agency][:1])


def files(said: Iterator[Telling]) -> Mapping[Sector, bytes]:
    """One file of JSON Lines an agency."""
    lines: dict[Sector, list[bytes]] = defaultdict(list)
    for telling in said:
        lines[telling.agency] += [json.dumps(document).encode() for document in telling.documents]
    return {agency: b"\n".join(found) for agency, found in lines.items()}


# The first of each agency's gives a reason to share whatever is told with it.
_FACTS: Mapping[Sector, tuple[tuple[str, Document, Document], ...]] = {
    Sector.POLICE: (
        ("ChildMissing", {"kind": "missing", "indicators": ["missing_from_care"]}, {"last_seen": "Station 1"}),
        ("Sighting", {"episode_key": "key-0", "seen_by": "public"}, {"last_seen": "Station 2"}),
        ("ChildFound", {"episode_key": "key-0", "how": "seen_in_person"}, {}),
        ("PoliceContact", {"circumstance": "criminal_activity", "indicators": []}, {"force": "Force 1"}),
    ),
    Sector.UKBA: (
        (
            "BorderEncounter",
            {"indicators": ["cannot_name_who_meets_them"], "accompanied": "no", "documents": "false"},
            {"port": "Port 1"},
        ),
        ("ReferralMade", {"concerns": ["trafficking"], "setting": "port_of_entry"}, {"office": "Office 1"}),
    ),
    Sector.LOCAL_AUTHORITY: (
        ("ChildLookedAfter", {"unaccompanied": "yes", "unaccompanied_until": "2029-01-01"}, {}),
        ("PlacementStarted", {}, {"placement_address": "House 1, Street 1", "provider_urn": "URN 1"}),
        ("PlacementEnded", {}, {}),
        ("PlacementStarted", {}, {"placement_address": "House 2, Street 2", "provider_urn": "URN 2"}),
    ),
    Sector.HEALTH: (
        (
            "HealthAttendance",
            {"setting": "emergency_department", "indicators": ["physical_or_sexual_abuse"]},
            {"hospital": "Hospital 1"},
        ),
        ("HealthAttendance", {"setting": "emergency_department", "indicators": []}, {"hospital": "Hospital 1"}),
    ),
}


def _of_child(random: Random, child: str) -> Iterator[Telling]:
    for agency, share in _SHARE_OF_AGENCY.items():
        if random.random() < share:
            facts = _FACTS[agency]
            yield _telling(random, agency, child, facts[: random.randint(1, len(facts))])


def _telling(random: Random, agency: Sector, child: str, facts: tuple[tuple[str, Document, Document], ...]) -> Telling:
    about = _subject(random, agency, child)
    begun = _BEGIN + timedelta(minutes=random.randrange(_MINUTES))
    spelt = (_document(agency, child, about, begun, number, *fact) for number, fact in enumerate(facts))
    return Telling(agency, tuple(spelt))


def _subject(random: Random, agency: Sector, child: str) -> Document:
    identifiers = [
        {"scheme": scheme, "value": f"{scheme[0].upper()}{child}", "status": "documented"}
        for scheme, known_by in _KNOWN_BY.items()
        if random.random() < known_by.get(agency, 0.0)
    ]
    return {
        "identifiers": identifiers,
        "names": [
            {"text": f"Given Family{''.join(random.choices(_LETTERS, k=6))}", "kind": "full", "status": "claimed"}
        ],
        "dates_of_birth": [{"value": f"{random.randint(2009, 2016)}-01-01", "status": "claimed"}],
        "sex": random.choice(("female", "male")),
    }


def _document(
    agency: Sector,
    child: str,
    about: Document,
    begun: datetime,
    number: int,
    event: str,
    fact: Document,
    place: Document,
) -> Document:
    happened = begun + timedelta(hours=number)
    return {
        "format": "lantern/1",
        "event": event,
        "source": {"system": _SYSTEM[agency], "child": child},
        "key": f"key-{number}",
        "occurred_at": happened.isoformat(),
        "recorded_at": (happened + timedelta(minutes=30)).isoformat(),
        "role": _ROLE[agency],
        "subject": about,
        "fact": fact,
        **({"location": place} if place else {}),
    }
