"""Which local authority is responsible for a child: the one that looks after the child, or that took the referral."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from services.core.codes import ReferralDecision, Sector
from services.core.facts import ChildLookedAfter, PlacementEnded, PlacementStarted, ReferralDecided, Section47Started
from services.core.ids import OrgHandle
from services.core.sayings import SaidOfChild, Voice

FOREVER = datetime.max.replace(tzinfo=UTC)
WEIGHED: tuple[type[Any], ...] = (
    ChildLookedAfter,
    PlacementStarted,
    PlacementEnded,
    ReferralDecided,
    Section47Started,
)
"""Everything that says who is responsible."""

_NOBODYS = frozenset({ReferralDecision.NO_FURTHER_ACTION, ReferralDecision.UNDECIDED})
_K = TypeVar("_K")


@dataclass(frozen=True, slots=True)
class Claims:
    """What authorities say of whether they are responsible, as far as anything hangs on it.

    `begun`: until when the last of what each began can have begun, `ended`: since when the last that each ended has
    ended (UTC). `acting`: who acts on the referral.
    """

    begun: Mapping[OrgHandle, datetime] = field(default_factory=dict)
    ended: Mapping[OrgHandle, datetime] = field(default_factory=dict)
    acting: frozenset[OrgHandle] = frozenset()

    def and_(self, other: "Claims") -> "Claims":
        """Both together; the order makes no difference."""
        return Claims(
            _latest([*self.begun.items(), *other.begun.items()]),
            _latest([*self.ended.items(), *other.ended.items()]),
            self.acting | other.acting,
        )

    @property
    def claimants(self) -> AbstractSet[OrgHandle]:
        """Every authority that says it looks after the child; where none does, every one that acts on the referral.

        One looks after the child whose last beginning has no ending certainly after it.
        """
        ended = self.ended
        return {org for org, until in self.begun.items() if org not in ended or ended[org] <= until} or self.acting


def responsible_authority(said: SaidOfChild, working: AbstractSet[OrgHandle] = frozenset()) -> OrgHandle | None:
    """The one authority that now looks after the child (¶5.69-5.70), else the one that acts on the referral (¶5.15).

    Else the one of those in `working`. None where no authority does, or where two say that they do: nobody can tell
    whose social worker to believe.
    """
    found = claimants(said) or working
    return next(iter(found)) if len(found) == 1 else None


def claimants(said: SaidOfChild) -> AbstractSet[OrgHandle]:
    """Every authority that says it is responsible."""
    return claims(said).claimants


def claims(said: SaidOfChild) -> Claims:
    """What is said of who is responsible; what nobody dated has not ended."""
    begun = _by_authorities(said(ChildLookedAfter, PlacementStarted))
    ended = _by_authorities(said(PlacementEnded))
    decided = [word for word in said(ReferralDecided) if word.fact.decision not in _NOBODYS]
    return Claims(
        _latest((word.org, word.ends if word.dated else FOREVER) for word in begun),
        _latest((word.org, word.begins) for word in ended),
        frozenset(word.org for word in _by_authorities([*decided, *said(Section47Started)])),
    )


def _latest(moments: Iterable[tuple[_K, datetime]]) -> dict[_K, datetime]:
    latest: dict[_K, datetime] = {}
    for key, moment in moments:
        if key not in latest or latest[key] < moment:
            latest[key] = moment
    return latest


def _by_authorities(words: Iterable[Voice]) -> list[Voice]:
    return [word for word in words if word.sector is Sector.LOCAL_AUTHORITY]
