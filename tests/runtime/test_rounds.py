"""Many who ask at once are answered by one question, which is put after each of them has asked."""

import asyncio
import gc
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.errors import Unavailable
from services.runtime.rounds import Rounds

WATCHERS = 198


@dataclass
class Tables:
    """Answers with how often anything had changed when it was looked up; the answer itself takes its time."""

    changes: int = 0
    broken: bool = False
    takes: int = 3
    at_once: int = 0
    most_at_once: int = 0
    questions: list[set[str]] = field(default_factory=list)

    async def look_up(self, asked: Collection[str]) -> Mapping[str, tuple[str, int]]:
        self.questions.append(set(asked))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        found = {one: (one, self.changes) for one in asked}
        for _ in range(self.takes):
            await asyncio.sleep(0)
        self.at_once -= 1
        if self.broken:
            raise Unavailable
        return found


async def later(rounds: Rounds[str, tuple[str, int]], question: str, steps: int) -> tuple[str, int]:
    for _ in range(steps):
        await asyncio.sleep(0)
    return await rounds.ask(question)


async def test_all_who_ask_at_once_are_answered_by_one_question() -> None:
    tables = Tables()
    rounds = Rounds(tables.look_up)
    names = [str(number) for number in range(WATCHERS)]
    assert await asyncio.gather(*map(rounds.ask, names)) == [(name, 0) for name in names]
    assert tables.questions == [set(names)]


async def test_all_who_ask_while_a_question_is_answered_are_answered_by_the_next() -> None:
    tables = Tables(takes=9)
    rounds = Rounds(tables.look_up)
    await asyncio.gather(*(later(rounds, name, steps) for steps, name in enumerate("abcdef")))
    assert tables.questions == [{"a"}, set("bcdef")]


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30)), max_size=30), st.integers(0, 6))
def test_nobody_is_answered_by_a_round_that_began_before_they_asked(asks: list[tuple[str, int]], takes: int) -> None:
    async def scenario() -> None:
        tables = Tables(takes=takes)
        rounds = Rounds(tables.look_up)

        async def ask(question: str, steps: int) -> bool:
            for _ in range(steps):
                await asyncio.sleep(0)
            tables.changes += 1
            changed = tables.changes
            return (await rounds.ask(question))[1] >= changed

        assert all(await asyncio.gather(*(ask(*one) for one in asks)))

    asyncio.run(scenario())


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 30)), max_size=30), st.integers(0, 6))
def test_nobody_is_given_the_answer_to_anothers_question(asks: list[tuple[str, int]], takes: int) -> None:
    async def scenario() -> None:
        tables = Tables(takes=takes)
        rounds = Rounds(tables.look_up)
        answers = await asyncio.gather(*(later(rounds, *one) for one in asks))
        assert [answered for answered, _ in answers] == [question for question, _ in asks]
        assert tables.most_at_once <= 1

    asyncio.run(scenario())


async def test_a_round_that_fails_answers_none_of_those_who_asked() -> None:
    rounds = Rounds(Tables(broken=True).look_up)
    answers = await asyncio.gather(*map(rounds.ask, "abc"), return_exceptions=True)
    assert [type(one) for one in answers] == [Unavailable] * 3


async def test_whoever_asks_after_a_round_that_failed_is_asked_for_anew() -> None:
    tables = Tables(broken=True)
    rounds = Rounds(tables.look_up)
    with pytest.raises(Unavailable):
        await rounds.ask("a")
    tables.broken = False
    assert await rounds.ask("a") == ("a", 0)


async def test_whoever_goes_away_takes_the_answer_from_nobody_else() -> None:
    rounds = Rounds(Tables().look_up)
    gone, stays = (asyncio.create_task(rounds.ask(name)) for name in "ab")
    for _ in range(2):
        await asyncio.sleep(0)
    gone.cancel()
    assert await stays == ("b", 0)


async def test_an_error_that_nobody_waits_for_any_more_is_nobody_else_s() -> None:
    """The event loop would log it, with whatever stands in it, once for every round that PostgreSQL did not answer."""
    unheard: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context))
    asking = asyncio.create_task(Rounds(Tables(broken=True, takes=5).look_up).ask("one"))
    await asyncio.sleep(0)
    asking.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    assert unheard == []
