"""What comes from a page of the hub: a person, shown by their token, says one of a few things, and nothing besides.

Each service that shows pages writes to a topic of its own. Whoever takes one of them over says no more than that one.
"""

from services.core.claims import Subject
from services.core.codes import SealedField
from services.core.events import Event
from services.core.facts import ChildMissing, Fact, LinkRefused, LocationDisclosed, RecordsLinked, RecordsUnlinked
from services.core.sharing import Decision, Outcome, is_shown
from services.core.statements import Author, Problem, ProblemReason

SAID_TO_THE_CASE_FEED: frozenset[type[Fact]] = frozenset({RecordsLinked, RecordsUnlinked, LinkRefused})
SAID_TO_THE_VAULT: frozenset[type[Fact]] = frozenset({LocationDisclosed})
"""What a person says on the pages of each; all else they say through their agency's own system or `lantern`."""


def only_spoken(outcome: Outcome, author: Author | None, heard: frozenset[type[Fact]]) -> Outcome:
    """What is decided of a record from a page: refused, unless `author` says in it what is `heard` there alone.

    A missing report does not belong there, and is not lost: it pages, as one that cannot be read.
    """
    if outcome.decision is not Decision.SHARED or (is_shown(author) and _is_of_a_page(outcome, heard)):
        return outcome
    missing = any(isinstance(event.fact, ChildMissing) for event in outcome.events)
    problem = Problem("record", None, None, ProblemReason.NOT_AUTHORISED_TO_SAY, missing_report=missing)
    return Outcome(Decision.REFUSED, outcome.subject_id, problems=(*outcome.problems, problem))


def _is_of_a_page(outcome: Outcome, heard: frozenset[type[Fact]]) -> bool:
    """Whether it says what is said on pages of a record of the hub, and neither who the child is nor where.

    Numbers sealed beside the facts are a system's own of a child: where the vault finds one again, it would say so.
    """
    said = {event.head.fact_id for event in outcome.events}
    places = any(fact.field is SealedField.LOCATION for fact in outcome.sealed_facts)
    numbers = any(fact.field is SealedField.IDENTIFIERS and fact.fact_id not in said for fact in outcome.sealed_facts)
    return not places and not numbers and all(_says_so(event, heard) for event in outcome.events)


def _says_so(event: Event, heard: frozenset[type[Fact]]) -> bool:
    return type(event.fact) in heard and event.subject == Subject()
