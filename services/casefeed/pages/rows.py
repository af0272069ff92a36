"""Rows of the feed, each made once for all who watch: the same for whoever may see it."""

from collections.abc import Callable
from functools import lru_cache

from jinja2 import Environment

from services.casefeed.recent import FeedRow

_KEPT = 1_000


def made_once(pages: Environment) -> Callable[[FeedRow], str]:
    """How a row is made in one language; it is kept under all that it says, and its template knows no reader."""

    @lru_cache(_KEPT)
    def row(one: FeedRow) -> str:
        made: str = pages.get_template("feed_row.html").module.feed_row(one)  # type: ignore[attr-defined]  # a macro
        return made

    return row
