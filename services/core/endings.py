"""Which word ends a report that a child is missing: one rule for who is paged, who may search, what boards show."""

from collections.abc import Set as AbstractSet

from services.core.codes import FoundHow, Sector
from services.core.ids import OrgHandle
from services.core.sayings import Voice

_RECORDED = frozenset({FoundHow.SEEN_IN_PERSON, FoundHow.RECORDED_BY_AUTHORITY})


def ends(found: Voice, missing: Voice, authorities: AbstractSet[OrgHandle]) -> bool:
    """Whether an ending closes an episode: said by the police or the responsible authority, the child seen in person.

    `authorities` say that they are responsible: where two do, neither ends what another body reported, for one of them
    may say so in order to end it. A body may also record that an episode of its own ended. One that names no episode
    ends those that had certainly begun by then: who was found in the morning and is reported as missing on that day
    may have gone since. One that names an episode ends it, unless the child certainly went missing after it: agencies
    name episodes by their day, and report a second one under the first one's name. Whatever else is said of a child who
    was found is a sighting.
    """
    return _may_end(found, missing, authorities) and _reaches(found, missing)


def _may_end(found: Voice, missing: Voice, authorities: AbstractSet[OrgHandle]) -> bool:
    own = found.org == missing.org
    if found.sector is Sector.POLICE:
        return found.fact.how is FoundHow.SEEN_IN_PERSON or (own and found.fact.how in _RECORDED)
    if found.sector is Sector.LOCAL_AUTHORITY and (own or authorities <= {found.org}):
        return found.fact.how is FoundHow.SEEN_IN_PERSON or (own and found.fact.how in _RECORDED)
    return False


def _reaches(found: Voice, missing: Voice) -> bool:
    if found.fact.episode is not None:
        gone_since = found.dated and missing.dated and found.ends < missing.begins
        return bool(found.fact.episode == missing.fact_id) and not gone_since
    return found.dated and missing.dated and missing.ends <= found.begins
