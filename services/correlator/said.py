"""What one event says, as the correlator takes it: an entry, what it claims of who the child is, and its own bytes."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.core.codes import IdentifierScheme
from services.core.ids import EventId, SubjectId
from services.core.timeline import Entry


class Claim(NamedTuple):
    """An identifier that a record claims, or disputes."""

    scheme: IdentifierScheme
    value: str
    disputed: bool


class Trait(NamedTuple):
    """Something by which records are likely of one child: a name of a kind, a date of birth, a sex, a nationality."""

    kind: str
    value: str


Portrait = frozenset[Trait]
"""All that the current events of a record claim of these."""

NO_TRAITS: Portrait = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """An event; `frame` is its bytes exactly as they were read."""

    entry: Entry
    claims: frozenset[Claim]
    frame: bytes
    portrait: Portrait = NO_TRAITS


@dataclass(frozen=True, slots=True)
class SaidAgain:
    """An event that is held already and comes with a later `recorded_at`: it is now the later word on its fact."""

    event_id: EventId
    subject_id: SubjectId
    recorded_at: datetime
    known_at: datetime
