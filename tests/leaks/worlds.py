"""Two worlds in which nothing is different but places, and who speaks from where.

What locates is drawn from a pool: equal places in one world are equal in the other, siblings are placed together in
both. The other world's places are longer and sort the other way round; one of them makes up the length, so that sealed
records, which are padded to 1 KiB, stay within their block.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice
from typing import Any

from nhs_number.validate import is_valid

from services.core.authority import ANSWERS_FOR
from services.core.codes import OrganisationKind
from services.core.statements import LocationKey
from services.formats.ssda903.tables import TABLES
from tests.formats.documents import example
from tests.leaks.minting import word
from tests.leaks.planting import File

_NAME_LETTERS = 40
_LOCATION_BYTES = 1_300
_POOL = 97
# What stands around more records than the radar's largest pattern is told as wide as it was when a batch ended.
_CHILDREN_OF_A_PLACE = 20

Document = dict[str, Any]


@dataclass(frozen=True)
class World:
    """One of two; `number` is 0 or 1, `children` how many there are."""

    number: int
    children: int

    def place(self, what: str, which: int) -> str:
        """A place, the same for each `which` of a kind; sorts in the other order in the other world."""
        which %= max(_POOL, self.children // _CHILDREN_OF_A_PLACE)
        return f"{word(9_999 - which)} Upper {what}" if self.number else f"{word(which)} {what}"

    def name(self, what: str, which: int) -> str:
        """A place in a name that a record can have once only: as long in both worlds."""
        return self.place(what, which).ljust(_NAME_LETTERS, ".")

    def locations(self, child: int) -> dict[str, str]:
        """Everything that locates a child; siblings share a door, classmates a school."""
        places = {key.value: self.place(key.value, child // (2 + number % 5)) for number, key in enumerate(LocationKey)}
        spare = _LOCATION_BYTES - sum(map(len, places.values()))
        return places | {LocationKey.RELATED_PERSON.value: places[LocationKey.RELATED_PERSON] + "." * spare}


def submissions(world: World) -> list[list[File]]:
    """What the agencies publish, one submission after another."""
    police, authority = OrganisationKind.POLICE_FORCE, OrganisationKind.LOCAL_AUTHORITY
    return [
        _files(world, "north", police, _lines(went_missing(world, 0))),
        _files(world, "south", police, _lines(went_missing(world, 1))),
        _files(world, "port", OrganisationKind.UKBA, _lines(at_the_border(world))),
        _files(world, "town", authority, _lines(claimed_and_placed(world))),
        _files(world, "county", authority, *the_return(world)),
        _files(world, "trust", OrganisationKind.HEALTH_BODY, _lines(at_the_hospital(world))),
        _files(world, "north", police, _lines(seen_or_found(world))),
        _files(world, "town", authority, _lines(refused_or_held_back(world))),
    ]


def went_missing(world: World, half: int) -> Iterator[Document]:
    for child in range(half, world.children, 2):
        event = "ChildMissing" if child % 3 == 0 else "PoliceContact"
        yield _document(world, event, child, "police", "passport", fact__indicators=["missing_from_care"])


def at_the_border(world: World) -> Iterator[Document]:
    for child in range(0, world.children, 2):
        yield _document(world, "BorderEncounter", child, "ukba", "passport", fact__indicators=["prepared_story"])
        yield _document(world, "ReferralMade", child, "ukba", "passport")


def claimed_and_placed(world: World) -> Iterator[Document]:
    """One adult asks for several children; each placement is told again with another address, which nobody hears."""
    for child in range(0, world.children, 3):
        claim = _document(world, "KinshipClaimed", child, "authority", "nhs_number")
        claim["fact"]["enquirer"] = world.name("enquirer", child // 7)
        placement = _document(world, "PlacementStarted", child, "authority", "nhs_number")
        moved = placement["location"] | {"placement_address": world.place("new door", child)}
        yield from (claim, placement, placement | {"location": moved, "recorded_at": "2026-03-09T18:00:00Z"})


def at_the_hospital(world: World) -> Iterator[Document]:
    for child in range(0, world.children, 4):
        yield _document(world, "HealthAttendance", child, "health", "nhs_number", fact__indicators=["malnourished"])


def seen_or_found(world: World) -> Iterator[Document]:
    for child in range(0, world.children, 6):
        event = "Sighting" if child % 12 else "ChildFound"
        fact = {"seen_by": "police"} if child % 12 else {"how": "seen_in_person"}
        fact["episode_key"] = _key(world, "ChildMissing", child)
        yield _document(world, event, child, "police", "passport", fact=fact, role="police_officer")


def refused_or_held_back(world: World) -> Iterator[Document]:
    """Half of them have no reason to be shared; the others say something in the wrong place, or under no known name."""
    for child in range(0, world.children, 5):
        held_back = _document(world, "PlacementStarted", child, "education", "nhs_number")
        astray = world.name("street", child)
        names = {"names": [{"text": f"1 {astray}"}]}
        spoilt: tuple[Document, ...] = ({astray: "yes"}, {"role": astray}, {"subject": names})
        yield held_back if child % 2 else held_back | spoilt[child % 3]


def the_return(world: World) -> Iterator[bytes]:
    """A return about other children, a third of them unaccompanied; the rest are held back."""
    rows = {table: [",".join(columns)] for table, columns in TABLES.items()}
    for child in range(0, world.children, 2):
        for table in ("header", "episodes", *(["uasc"] if child % 3 == 0 else [])):
            rows[table].append(",".join(_cell(world, column, child) for column in TABLES[table]))
    yield from ("\r\n".join([*rows[table], ""]).encode() for table in ("header", "episodes", "uasc"))


_CELLS = {
    "SEX": "2", "DOB": "01/02/2011", "ETHNIC": "WBRI", "DECOM": "01/03/2026", "RNE": "S", "LS": "C2", "CIN": "N1",
    "DEC": "", "REC": "", "REASON_PLACE_CHANGE": "", "MC_DOB": "", "DUC": "01/02/2029",
}  # fmt: skip


def _cell(world: World, column: str, child: int) -> str:
    if column in _CELLS:
        return _CELLS[column]
    if column in {"PLACE", "PLACE_PROVIDER"}:
        return f"{'QX'[world.number]}{child % 7}"
    which = child if column in {"CHILD", "UPN"} else child // 3
    return world.name(f"{column.lower()} {which}", which)


def _document(world: World, event: str, child: int, agency: str, scheme: str, **changes: Any) -> Document:
    """One document of a child; what its record's identifiers say is the same in both worlds."""
    numbers = {"passport": f"P{1_000_000 + child}", "nhs_number": nhs_numbers(world.children)[child]}
    document = example(event, **changes)
    document["source"] = {"system": world.name(agency, 0), "child": world.name(f"desk {child}", child)}
    document["key"] = _key(world, event, child)
    document["occurred_at"] = f"2026-03-{1 + child % 28:02}T{child % 24:02}:{child % 60:02}:00Z"
    # The border's papers and the authority's files meet in every sixth child, who has both numbers.
    schemes = ("passport", "nhs_number") if child % 6 == 0 and agency == "authority" else (scheme,)
    document["subject"] = {
        "identifiers": [{"scheme": one, "value": numbers[one], "status": "documented"} for one in schemes],
        "names": [{"text": f"Given{word(child % 9_000)} Family", "kind": "full", "status": "claimed"}],
    }
    narrative = f"Collected near {world.name('station', child)} by a man in a blue car."
    return document | {"location": world.locations(child), "narrative": narrative}


def _key(world: World, event: str, child: int) -> str:
    return world.name(f"{event} {child}", child)


def _lines(documents: Iterator[Document]) -> bytes:
    return "\n".join(map(json.dumps, documents)).encode()


def _files(world: World, name: str, kind: OrganisationKind, *contents: bytes) -> list[File]:
    organisation, file = world.name(f"{name} of {kind.value}", len(name)), world.place("file", 3)
    return [
        File(ANSWERS_FOR[kind], kind, organisation, f"{file} {number}.txt", content)
        for number, content in enumerate(contents)
    ]


@cache
def nhs_numbers(most: int) -> list[str]:
    """So many valid ones, of the range that is given to nobody."""
    return list(islice((text for number in count(9_990_000_000) if is_valid(text := str(number))), most))
