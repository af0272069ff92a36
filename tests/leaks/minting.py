"""Canaries by the thousand: plainly made-up places in the shapes that real ones have, no two alike.

What is looked for of each are its marks: whatever else of it is cut off or put in other words, they give it away.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice

_SYLLABLES = ("bax", "dov", "fyz", "gup", "hiv", "jox", "kuz", "lyg", "miv", "nuz")
_LETTERS = "GHJKLMNPQRTUVWXYZ"
_LINES = 1_000  # numbers of each of the ranges that are given to nobody, but to dramas


@dataclass(frozen=True, slots=True)
class Canary:
    """A text that locates, and the parts of it that are found nowhere else."""

    kind: str
    text: str
    marks: tuple[str, ...]


def canaries(most: int) -> list[Canary]:
    """The first so many, each kind in turn; always the same."""
    return list(islice(endless(), most))


def endless() -> Iterator[Canary]:
    """One canary after another, each kind in turn, none like another."""
    return (Canary(kind, *make(number)) for number in count() for kind, make in _KINDS.items())


def word(number: int) -> str:
    """A made-up word, different for each number below ten thousand: no language has it."""
    return "Q" + "".join(_SYLLABLES[int(digit)] for digit in f"{number:04}")


def _postcode(number: int) -> tuple[str, tuple[str, ...]]:
    unit, rest = divmod(number, 10)
    high, low = divmod(unit, len(_LETTERS))
    text = f"Q{_LETTERS[high % len(_LETTERS)]}{10 + rest} 7{_LETTERS[low]}X"
    return text, (text,)


def _telephone(number: int) -> tuple[str, tuple[str, ...]]:
    region, line = divmod(number, _LINES)
    text = f"0{('20 7946 0', '161 496 0', '113 496 0')[region]}{line:03}"
    return text, (text, text[1:])


def _coordinates(number: int) -> tuple[str, tuple[str, ...]]:
    """Seven decimals: with six, the seconds of some time or other would say the same."""
    north, west = f"51.{3_000_007 + 13 * number}", f"-0.{7_000_009 + 17 * number}"
    return f"{north}, {west}", (north, west[1:])


def _named(template: str, kind_number: int) -> Callable[[int], tuple[str, tuple[str, ...]]]:
    """A place with a name of its own, which is the mark; each kind has a thousand words of its own."""

    def make(number: int) -> tuple[str, tuple[str, ...]]:
        mark = word(_LINES * kind_number + number)
        return template.format(mark, number % 90 + 10), (mark,)

    return make


_KINDS: dict[str, Callable[[int], tuple[str, tuple[str, ...]]]] = {
    "postcode": _postcode,
    "telephone": _telephone,
    "address": _named("{1} {0} Crescent", 1),
    "school": _named("{0} Academy", 2),
    "general practice": _named("{0} Surgery", 3),
    "coordinates": _coordinates,
    "free text": _named("Collected near {0} Priory by a man in a blue car.", 4),
}
