"""Which local authority is responsible for a child: the one that looks after the child, or that took the referral."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from services.core.codes import ReferralDecision, Sector
from services.core.facts import ChildLookedAfter, PlacementEnded, PlacementStarted, ReferralDecided, Section47Started
from services.core.ids import OrgHandle
from services.core.known import Word
from services.core.sayings import OfChild
from services.core.timeline import NEVER

_NOBODYS = frozenset({ReferralDecision.NO_FURTHER_ACTION, ReferralDecision.UNDECIDED})


def responsible_authority(said: OfChild, working: AbstractSet[OrgHandle] = frozenset()) -> OrgHandle | None:
    """The one authority that now looks after the child (¶5.69-5.70), else the one that acts on the referral (¶5.15).

    Else the one of those in `working`. None where no authority does, or where two say that they do: nobody can tell
    whose social worker to believe.
    """
    found = claimants(said) or working
    return next(iter(found)) if len(found) == 1 else None


def claimants(said: OfChild) -> AbstractSet[OrgHandle]:
    """Every authority that says it looks after the child; where none does, every one that acts on the referral."""
    return _looking_after(said) or _acting(said)


def _looking_after(said: OfChild) -> set[OrgHandle]:
    """Every authority with a child looked after or a placement begun, and no ending certainly after the last of them.

    What nobody dated has not ended.
    """
    ended: dict[OrgHandle, datetime] = {}
    for ending in _by_authorities(said(PlacementEnded)):
        ended[_org(ending)] = max(ending.begins, ended.get(_org(ending), NEVER))
    begun = _by_authorities(said(ChildLookedAfter, PlacementStarted))
    return {org for word in begun if (org := _org(word)) not in ended or not word.dated or ended[org] <= word.ends}


def _acting(said: OfChild) -> set[OrgHandle]:
    decided = [word for word in said(ReferralDecided) if word.fact.decision not in _NOBODYS]
    return {_org(word) for word in _by_authorities([*decided, *said(Section47Started)])}


def _by_authorities(words: Iterable[Word[Any]]) -> list[Word[Any]]:
    return [word for word in words if word.event.head.sector is Sector.LOCAL_AUTHORITY]


def _org(word: Word[Any]) -> OrgHandle:
    return word.event.head.org
