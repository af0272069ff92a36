"""What of the opened contents a decision lets its person see; pure.

Those who look for the child see everything that locates them. A release to an enquirer is of one thing: where the
child now lives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.core.facts import PlacementEnded, PlacementStarted
from services.core.ids import FactId
from services.core.known import Known, Word, present
from services.core.statements import LocationKey
from services.vault.decisions import Asked, Kind

RELEASED = (
    LocationKey.PLACEMENT_ADDRESS,
    LocationKey.PLACEMENT_POSTCODE,
    LocationKey.ADDRESS,
    LocationKey.POSTCODE,
)
"""What a release gives away of a placement: never its kind, provider, carer or school."""

_TITLES = {
    "PlacementStarted": "Placement",
    "PlacementEnded": "Placement that ended",
    "ChildMissing": "Report that the child is missing",
    "Sighting": "Sighting",
    "ChildFound": "Where the child was found",
    "KinshipClaimed": "Adult who claims the child",
    "PlacementThreatSeen": "Threat seen around a placement",
}
_ANOTHER = "Another record of the child"
SPOILT = "It is held and does not open: it was moved or altered. Tell whoever runs this hub."
"""What those who search see in the place of such a location, beside all others."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sealed of one fact, opened; its words are in no text of it. `spoilt`: it does not open."""

    fact_id: FactId
    words: dict[str, str] = field(repr=False)
    spoilt: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One record's part of a page: what it is, since when, and its rows of name and words."""

    title: str
    since: datetime | None
    rows: tuple[tuple[str, str], ...] = field(repr=False)


def places(asked: Asked, opened: Iterable[Content], facts: Iterable[Known]) -> tuple[Place, ...]:
    """What to show, the latest first; what nobody dated comes last."""
    said = present(tuple(facts))
    words = {word.fact_id: word for word in said}
    if asked.kind is Kind.ENQUIRER_RELEASE:
        lived_in = _lived_in(said)
        shown = [_place(words, one, RELEASED) for one in opened if one.fact_id in lived_in]
    else:
        shown = [_place(words, one, tuple(LocationKey)) for one in opened]
    return tuple(sorted((place for place in shown if place.rows), key=_latest_first))


def _lived_in(words: Iterable[Word[Any]]) -> frozenset[FactId]:
    """The placement that began last, if nothing ended on its day or after it: doubt shows nothing (¶5.65)."""
    said = [word for word in words if isinstance(word.fact, PlacementStarted | PlacementEnded)]
    started = [word for word in said if isinstance(word.fact, PlacementStarted) and word.dated]
    latest = max(started, key=lambda word: (word.begins, word.event.head.fact_id), default=None)
    ended = [word for word in said if isinstance(word.fact, PlacementEnded)]
    if latest is None or any(not word.dated or word.ends > latest.ends for word in ended):
        return frozenset()
    return frozenset({latest.event.head.fact_id})


def _place(words: Mapping[FactId, Word[Any]], content: Content, keys: tuple[LocationKey, ...]) -> Place:
    word = words.get(content.fact_id)
    title = _TITLES.get(word.event.type, _ANOTHER) if word else _ANOTHER
    since = word.event.head.occurred_at if word else None
    rows = [(_label(key), content.words[key]) for key in keys if content.words.get(key)]
    return Place(title, since, (("Location", SPOILT),) if content.spoilt else tuple(rows))


def _label(key: LocationKey) -> str:
    return key.value.replace("_", " ").capitalize()


def _latest_first(place: Place) -> tuple[bool, float]:
    return place.since is None, -place.since.timestamp() if place.since else 0.0
