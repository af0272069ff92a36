"""A call to every agency's own alerting system: by a decision of the police alone, and always of the same words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.codes import OrganisationKind
from services.core.errors import LanternError
from services.core.ids import well_formed
from services.core.oncall.alerts import Severity
from services.core.rights import Person, PersonRole

LASTS = timedelta(hours=24)
"""After so long a call is over unless the police make it again."""


class Call(StrEnum):
    """What is called: that a child is missing, or that this is over."""

    ALERT = "alert"
    CANCEL = "cancel"


class NotThePolices(LanternError):
    """Only a duty officer of a police force can call on every agency: nothing was sent. Ask theirs to decide."""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One decided call; it holds no word of the child. `of` is the call that it takes back, and None for a new one."""

    identifier: str
    call: Call
    severity: Severity
    decided_at: datetime
    drill: bool = False
    of: "Broadcast | None" = None


def decide(person: Person, identifier: str, severity: Severity, now: datetime, *, drill: bool = False) -> Broadcast:
    """Call on every agency; `identifier` is 32 hex digits drawn by chance (¶5.74: the police lead the search).

    Raises:
        NotThePolices: the person is no duty officer of a police force.
    """
    _expect_police(person)
    return Broadcast(well_formed(identifier), Call.ALERT, severity, now, drill)


def take_back(person: Person, identifier: str, of: Broadcast, now: datetime) -> Broadcast:
    """End a call.

    Raises:
        NotThePolices: the person is no duty officer of a police force.
    """
    _expect_police(person)
    return Broadcast(well_formed(identifier), Call.CANCEL, of.severity, now, of.drill, of)


def _expect_police(person: Person) -> None:
    if (person.role, person.kind) != (PersonRole.DUTY_OFFICER, OrganisationKind.POLICE_FORCE):
        raise NotThePolices
