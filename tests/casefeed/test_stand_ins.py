"""A number that stands where nobody knew one joins and parts nobody on the pages, as it does in the correlator."""

from datetime import timedelta

from services.casefeed.links import Held, LinkDetail, link_detail
from services.casefeed.proposals import Proposal
from services.core.claims import Identifier, Subject
from services.core.codes import ClaimStatus, IdentifierScheme
from services.core.facts import PoliceContact, RecordsLinked
from services.core.ids import CaseId, SubjectId
from services.core.matching.components import Verdict as Decided
from services.core.matching.proposals import ProposedBy
from services.core.matching.scoring import Verdict
from tests.builders import START, an_id, entry

ONE, OTHER = (SubjectId(an_id(number)) for number in (1, 2))
LIKELY = Proposal((ONE, OTHER), ProposedBy.SCORE, Verdict.LINK, (), 1, START)


def claiming(number: str) -> Subject:
    return Subject(identifiers=(Identifier(IdentifierScheme.NHS_NUMBER, number, ClaimStatus.CLAIMED),))


def linked(first: str, second: str, *proposals: Proposal) -> LinkDetail:
    """Two records of one case that a person linked, each with a number."""
    contact, link = entry(PoliceContact(), event=1, subject=2), entry(RecordsLinked(OTHER), event=2, subject=1)
    entries = {ONE: [(link, claiming(first))], OTHER: [(contact, claiming(second))]}
    held = Held((ONE, OTHER), dict.fromkeys((ONE, OTHER), CaseId(ONE)), entries, proposals)
    return link_detail(held, (), START + timedelta(days=100))


def test_to_undo_a_link_of_records_for_which_nobody_knew_a_number_takes_it_back() -> None:
    assert linked("0000000000", "0000000000").undo is Decided.UNLINKED


def test_to_undo_a_link_that_weights_would_make_again_parts_two_records_whatever_stands_for_their_numbers() -> None:
    assert linked("0000000000", "4444444444", LIKELY).undo is Decided.REFUSED
