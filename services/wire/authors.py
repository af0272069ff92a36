"""Who says a record: not what the record says, but what the identity token that came with it proves (¶5.65)."""

from dataclasses import dataclass, field
from datetime import datetime

from joserfc.jwk import KeySet

from services.core.codes import OrganisationKind, Role, Sector
from services.core.statements import Author
from services.wire.identity import TokenRefused, Trusted, Unfit, verify


@dataclass(frozen=True, slots=True)
class Shown:
    """Who a token proves to speak: the author, and for which organisation of which kind."""

    author: Author = field(repr=False)
    organisation: str = field(repr=False)
    kind: OrganisationKind


def shown(token: str, agency: Sector, trusted: Trusted, keys: KeySet, now: datetime) -> Shown:
    """Who speaks through this agency's processor with this token; `now` is when the broker took the record (UTC).

    Raises:
        TokenRefused: the token does not hold at `now`, is of another agency, or of a role that says nothing of a child.
    """
    who = verify(token, trusted, keys, now)
    if who.sector is not agency:
        raise TokenRefused(Unfit.OTHER_AGENCY)
    if who.role.value not in set(Role):
        raise TokenRefused(Unfit.SAYS_NOTHING)
    return Shown(Author(who.subject, Role(who.role.value)), who.organisation, who.kind)
