"""One question for all who ask at the same time, instead of one question each."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

AnswerAll = Callable[[Collection[K]], Awaitable[Mapping[K, V]]]
"""Answers every one of some questions, or none."""


class Rounds(Generic[K, V]):
    """Answers round by round, one at a time; whoever asks while one goes on is answered by the next.

    No answer is of a round that began before it was asked for: what has changed in between would not be in it.
    """

    def __init__(self, answer_all: AnswerAll[K, V]) -> None:
        self._answer_all = answer_all
        self._turn = asyncio.Lock()
        self._asked: set[K] = set()
        self._next: asyncio.Task[Mapping[K, V]] | None = None

    async def ask(self, question: K) -> V:
        """The answer to a question, and whatever is raised where its round is not answered."""
        self._asked.add(question)
        if self._next is None:
            self._next = asyncio.create_task(self._answered())
            self._next.add_done_callback(_heard)
        # Whoever goes away before the answer takes it from nobody else.
        return (await asyncio.shield(self._next))[question]

    async def _answered(self) -> Mapping[K, V]:
        async with self._turn:
            asked, self._asked, self._next = self._asked, set(), None
            return await self._answer_all(asked)


def _heard(answered: asyncio.Task[object]) -> None:
    """An error that every asker was told, or no longer waited for, is nobody else's."""
    if not answered.cancelled():
        answered.exception()
