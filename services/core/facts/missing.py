"""A child missing, seen and found (¶5.73-5.80)."""

from dataclasses import dataclass

from services.core.codes import FoundHow, MissingKind, SeenBy
from services.core.ids import FactId
from services.core.indicators import Indicator


@dataclass(frozen=True, slots=True)
class ChildMissing:
    """The child went missing, or is away without authorisation (¶5.73-5.80); its fact_id names the episode."""

    kind: MissingKind
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody saw the child; it closes nothing. `episode` is the fact_id of the ChildMissing, where known."""

    episode: FactId | None = None
    seen_by: SeenBy = SeenBy.UNKNOWN


@dataclass(frozen=True, slots=True)
class ChildFound:
    """The police or the responsible authority end an episode: the fact_id of its ChildMissing, where known."""

    episode: FactId | None = None
    how: FoundHow = FoundHow.UNVERIFIED


@dataclass(frozen=True, slots=True)
class DebriefHeld:
    """The child was heard after being found (¶5.46-5.49, 5.78): of one episode, or of all."""

    episode: FactId | None = None


@dataclass(frozen=True, slots=True)
class ReportWithdrawn:
    """Whoever reported that a child is missing takes it back: the last word on that very fact, until it is said again.

    Its fact_id is that of the ChildMissing, so nobody can take back what another body, or another record, says.
    """
