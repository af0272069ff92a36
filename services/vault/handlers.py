"""What the vault keeps of what arrives: pure; a function of the set of what was said, never of the order of arrival."""

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from services.core.ids import FactId, SubjectId

Part = tuple[FactId, str]
"""One sealed field of one fact: what has versions."""


@dataclass(frozen=True, slots=True, order=True)
class Saying:
    """That a field's content was such at a time of recording (UTC); `digest` is keyed, 32 bytes."""

    recorded_at: datetime
    digest: bytes


@dataclass(frozen=True, slots=True)
class Arrival:
    """One sealed fact, opened; the plaintext is in no text of it."""

    subject_id: SubjectId
    fact_id: FactId
    field: str
    saying: Saying
    plaintext: bytes = dataclasses.field(repr=False)

    @property
    def part(self) -> Part:
        return self.fact_id, self.field

    @property
    def content(self) -> Mapping[str, Any]:
        """The content as its processor wrote it."""
        return content_of(self.plaintext)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to add: sayings; the contents to lock, one for each digest that is new; and how many versions that makes."""

    sayings: tuple[tuple[Part, Saying], ...]
    contents: tuple[Arrival, ...]
    new_versions: int


def content_of(plaintext: bytes) -> Mapping[str, Any]:
    """What a processor sealed, by name; what is no JSON object holds nothing, and stops nobody: it may be anybody's."""
    try:
        content = json.loads(plaintext)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def versions(sayings: Iterable[Saying]) -> tuple[Saying, ...]:
    """The sayings that changed the content, oldest first; the last one's content is the latest.

    Saying the same again makes no version; saying it again after something else was said does.
    """
    ordered = sorted(set(sayings))
    changes = (later for earlier, later in pairwise(ordered) if later.digest != earlier.digest)
    return (*ordered[:1], *changes)


def decide(held: Mapping[Part, frozenset[Saying]], arrived: Iterable[Arrival]) -> Outcome:
    """Compare what arrived with everything that is held of the same parts."""
    sayings: list[tuple[Part, Saying]] = []
    contents: dict[tuple[Part, bytes], Arrival] = {}
    after = defaultdict(set, {part: set(said) for part, said in held.items()})
    for arrival in arrived:
        said = after[arrival.part]
        if all(arrival.saying.digest != earlier.digest for earlier in said):
            contents[arrival.part, arrival.saying.digest] = arrival
        if arrival.saying not in said:
            sayings.append((arrival.part, arrival.saying))
            said.add(arrival.saying)
    grown = sum(len(versions(said)) - len(versions(held.get(part, ()))) for part, said in after.items())
    return Outcome(tuple(sayings), tuple(contents.values()), grown)
