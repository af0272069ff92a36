"""The audit tells the story of a decision: who asked, answered, opened, saw and was denied, why, and never what."""

import re
from dataclasses import replace

import psycopg
import pytest

from services.core.audit import Action, Entry, Kind, Outcome, about
from services.core.errors import BrokenRule
from services.core.rights import PersonRole
from services.runtime.audit_reading import Trails
from services.vault import recording
from services.vault.decisions import Act
from services.vault.recording import action_of
from tests.builders import an_id
from tests.vault.deciding import ADDRESS, COLLEAGUE, OFFICER, RELEASE, WORKER, Hub, person

Line = tuple[str, str, str, str | None]


async def entries(hub: Hub, decision_id: str) -> list[Entry]:
    """Everything that the audit holds of a decision."""
    reading = Trails(hub.vault.session.where)
    _, held = await hub.vault.session.run(lambda connection: reading.page(connection, -1, 10**9))
    return [one.entry for one in held if about(Kind.DECISION, decision_id) in one.entry.about]


def lines(found: list[Entry]) -> list[Line]:
    return [(entry.action, entry.outcome, entry.who, entry.role) for entry in found]


def line(action: Action, outcome: Outcome, who: str = OFFICER.handle, role: str = "duty_officer") -> Line:
    return (action, outcome, who, role)


async def test_a_lawful_access_is_told_step_by_step(searched: Hub) -> None:
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    await searched.look(decision)
    await searched.act(decision, Act.CLOSE, OFFICER)
    found = await entries(searched, decision.asked.decision_id)
    assert lines(found) == [
        line(Action.LOCATION_ASKED, Outcome.ALLOWED),
        line(Action.LOCATION_SECOND, Outcome.ALLOWED, COLLEAGUE.handle, "coordinator"),
        line(Action.LOCATION_OPEN, Outcome.ALLOWED),
        line(Action.LOCATION_SHOW, Outcome.ALLOWED),
        line(Action.LOCATION_CLOSE, Outcome.ALLOWED),
    ]
    assert found[0].reasons == ("search_for_child",)
    assert {about(Kind.RECORD, one) for one in decision.asked.child.subjects} <= set(found[0].about)


async def test_a_denial_is_recorded_with_the_gate_s_reasons(searched: Hub) -> None:
    decision = await searched.ask(RELEASE, WORKER)
    answer = await searched.look(decision, WORKER)
    assert answer.shown is None
    denied = (await entries(searched, decision.asked.decision_id))[-1]
    assert (denied.action, denied.outcome) == (Action.LOCATION_OPEN, Outcome.DENIED)
    assert set(denied.reasons) == {"denied", *answer.reasons}
    assert len(denied.reasons) > 1


async def test_who_tries_another_s_decision_is_recorded_with_it(searched: Hub) -> None:
    decision, stranger = await searched.ask(), person(an_id(77), PersonRole.SOCIAL_WORKER)
    await searched.look(decision, stranger)
    tried = (await entries(searched, decision.asked.decision_id))[-1]
    assert (tried.who, tried.outcome, tried.reasons) == (stranger.handle, Outcome.DENIED, ("not_theirs",))


async def test_who_guesses_a_decision_s_number_is_recorded_with_nothing_but_that(searched: Hub) -> None:
    await searched.look(an_id(404))
    [tried] = await entries(searched, an_id(404))
    assert (tried.outcome, tried.reasons) == (Outcome.DENIED, ("unknown",))
    assert tried.about == (about(Kind.DECISION, an_id(404)),)


async def test_what_was_shown_stands_nowhere_in_the_audit(searched: Hub) -> None:
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    answer = await searched.look(decision)
    assert answer.shown
    assert ADDRESS not in repr(await entries(searched, decision.asked.decision_id))


async def test_an_entry_would_hold_a_place_if_it_took_any_words(searched: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    told = recording.asked_for
    monkeypatch.setattr(
        "services.vault.recording.asked_for", lambda asked, who: replace(told(asked, who), reasons=(ADDRESS,))
    )
    with pytest.raises(BrokenRule):
        await searched.ask()
    monkeypatch.setattr("services.core.audit._CODE", re.compile(".*"))
    decision = await searched.ask()
    assert ADDRESS in repr(await entries(searched, decision.asked.decision_id))


async def test_a_look_that_could_not_be_recorded_is_none(searched: Hub) -> None:
    """The inverse: with the audit out of reach nothing is shown, and no step is taken."""
    decision = await searched.ask()
    await searched.act(decision, Act.SECOND)
    before = await searched.steps()
    nowhere = b"INSERT INTO nowhere VALUES (%b, %b, %b, %b, %b, %b, %b)"
    searched.deciding._trail._add_link = nowhere  # noqa: SLF001 - nothing else stands between the two
    with pytest.raises(psycopg.errors.UndefinedTable):
        await searched.look(decision)
    assert await searched.steps() == before


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_a_name_in_the_audit(act: Act) -> None:
    assert action_of(act).value == f"location_{act.value}"
