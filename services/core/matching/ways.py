"""How a person can decide about two records as they stand, and what each way says: for pages and `lantern links`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services.core.codes import LinkGround
from services.core.matching.components import Verdict


class Way(StrEnum):
    """What a person does, as the command line has it."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    UNDO = "undo"


USUAL_GROUND: Mapping[Way, LinkGround] = MappingProxyType({
    Way.ACCEPT: LinkGround.OTHER,
    Way.REFUSE: LinkGround.OTHER,
    Way.UNDO: LinkGround.MISTAKEN_IDENTITY,
})  # fmt: skip
"""Why somebody decides so who does not say why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How two records stand: whether they are of one case, what a person said last, and what would part them.

    `accepted`: whoever asks is one of those who make the link that stands.
    """

    joined: bool
    decided: Verdict | None
    parted_by: frozenset[Verdict]
    accepted: bool = False

    @property
    def waits(self) -> bool:
        """Whether a person's link stands that has joined nothing yet."""
        return self.decided is Verdict.LINKED and not self.joined


def parting(pair: Collection[str], after: Mapping[Verdict, Sequence[Collection[str]]]) -> frozenset[Verdict]:
    """The decisions after which the two records are of two cases; `after` has the cases that each would make."""
    return frozenset(verdict for verdict, cases in after.items() if not any(set(pair) <= set(case) for case in cases))


def undoing(standing: Standing) -> Verdict | None:
    """What is said to undo what joined them; None: they are not joined, and there is nothing to undo.

    A person's link is taken back, one that waits for a second person too; what numbers or weights would still join is
    parted for good.
    """
    if standing.waits:
        return Verdict.UNLINKED
    parts = [verdict for verdict in (Verdict.UNLINKED, Verdict.REFUSED) if verdict in standing.parted_by]
    return parts[0] if standing.joined and parts else None


def ways(standing: Standing) -> Mapping[Way, Verdict]:
    """The ways of deciding that would change something now, each with what it says."""
    undo = undoing(standing)
    found: dict[Way, Verdict] = {}
    if not standing.joined and not (standing.waits and standing.accepted):
        found[Way.ACCEPT] = Verdict.LINKED
    if Verdict.REFUSED in standing.parted_by and Verdict.REFUSED not in {standing.decided, undo}:
        found[Way.REFUSE] = Verdict.REFUSED
    return found if undo is None else {**found, Way.UNDO: undo}
