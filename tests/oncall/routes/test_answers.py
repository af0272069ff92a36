"""An agency answers over HTTP: whoever may not is told what to do instead, and all of it is on record."""

from dataclasses import replace

import pytest

from services.core.audit import Action, Outcome
from services.core.codes import MissingKind, Sector
from services.core.facts import ChildMissing
from services.core.oncall.answering import SENTENCES, Refusal
from services.core.rights import Person
from services.oncall.routes.alerts import NOT_YOURS
from services.runtime.audit_reading import Trails, Wanted
from tests.builders import an_id
from tests.core.enquiries import said
from tests.oncall.fakes import officer
from tests.oncall.routes.counter import POLICE, Counter

UKBA = officer(Sector.UKBA)
OFF_DUTY = replace(POLICE, handle=an_id(9))
ALERT = an_id(1001)
PATH = f"/api/alerts/{ALERT}/answer"
BEGUN = {"answer": "search_begun"}


@pytest.fixture
async def missing(counter: Counter) -> Counter:
    """A child is missing, and the police and the authority were paged."""
    await counter.oncall.hear(said(ChildMissing(MissingKind.MISSING), 1, 399.9))
    return counter


async def on_record(counter: Counter) -> list[tuple[str, str, tuple[str, ...]]]:
    """Who answered, what came of it and why."""
    trails, wanted = Trails(counter.oncall.session.where), Wanted(action=Action.ALERT_ANSWERED)
    found = await counter.oncall.session.run(lambda connection: trails.search(connection, wanted))
    return [(one.entry.who, one.entry.outcome, one.entry.reasons) for one, _ in found]


async def test_an_answer_is_shown_to_the_agency_and_is_on_record(missing: Counter) -> None:
    status, alert = await missing.asked("POST", PATH, POLICE, BEGUN)
    answers = {call["agency"]: (call["answer"], call["answered_by"]) for call in alert["calls"]}
    assert (status, answers["police"], alert["owner"]) == (200, ("search_begun", POLICE.handle), POLICE.handle)
    assert await on_record(missing) == [(POLICE.handle, Outcome.ALLOWED, ())]


@pytest.mark.parametrize(
    ("who", "answer", "status", "sentence", "why"),
    [
        (OFF_DUTY, "search_begun", 409, SENTENCES[Refusal.NOT_ON_DUTY], "not_on_duty"),
        (POLICE, "drill_answered", 409, SENTENCES[Refusal.OTHER_ANSWER], "other_answer"),
        (UKBA, "search_begun", 404, NOT_YOURS, "not_known"),
    ],
)
async def test_who_may_not_answer_is_told_why_and_is_on_record(
    missing: Counter, who: Person, answer: str, status: int, sentence: str, why: str
) -> None:
    assert await missing.asked("POST", PATH, who, {"answer": answer}) == (status, {"detail": sentence})
    assert await on_record(missing) == [(who.handle, Outcome.DENIED, (why,))]


async def test_an_answer_given_twice_is_refused_with_what_to_say_instead(missing: Counter) -> None:
    await missing.asked("POST", PATH, POLICE, BEGUN)
    answer = await missing.asked("POST", PATH, POLICE, BEGUN)
    assert answer == (409, {"detail": SENTENCES[Refusal.ANSWERED_ALREADY]})
    assert (await missing.asked("POST", PATH, POLICE, {**BEGUN, "check": True}))[0] == 200
