"""To whom a case is given, and until when (¶5.70)."""

from datetime import date

from services.core.allocation import allocated
from services.core.facts import WorkerAllocated
from services.core.known import Knowledge
from services.core.sayings import Sayings
from services.core.timeline import LAST
from tests.builders import an_id, day
from tests.core.enquiries import ONE, said


def test_a_case_that_is_given_until_the_last_day_of_the_calendar_is_given_until_its_end() -> None:
    given = said(WorkerAllocated(an_id(7), until=date.max), 1, 1)
    known = Sayings(Knowledge((given,), frozenset({ONE}), frozenset(), whole=True))
    assert allocated(known.of_child, day(2)) == {an_id(7): LAST}
