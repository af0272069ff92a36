"""Two worlds compared: everything that is told in each, text by text, outside ciphertexts and keyed ids.

An id is random bits to whoever lacks its key, so worlds cannot agree on it. They must agree on everything around it:
an id is named after the texts that it stands in and its places there, these after the ids in them, and so on (colour
refinement). If the worlds then say the same texts equally often, every id is equal to the same others in both.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
_ROUNDS = 5

Parsed = tuple[str, tuple[str, ...]]


def differences(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """The texts that are said more often in one world than in the other, with how often, ids left out."""
    left, right = _counted(list(one)), _counted(list(other))
    return [
        f"{sign} {count} times: {text}"
        for sign, only in (("-", left - right), ("+", right - left))
        for (text, _), count in sorted(only.items())
    ]


def _counted(texts: Sequence[str]) -> Counter[tuple[str, int]]:
    """Each text by what it says and which ids it names."""
    parsed = [_parsed(text) for text in texts]
    names = _names(parsed)
    return Counter((said, hash(tuple(names[one] for one in ids))) for said, ids in parsed)


def _parsed(text: str) -> Parsed:
    return _ID.sub("<id>", text), tuple(_ID.findall(text))


def _names(parsed: Iterable[Parsed]) -> Mapping[str, int]:
    """Each id's name: what it shares with all ids that stand in the same texts at the same places."""
    parsed = list(parsed)
    names = dict.fromkeys((one for _, ids in parsed for one in ids), 0)
    for _ in range(_ROUNDS):
        places: dict[str, list[int]] = defaultdict(list)
        for said, ids in parsed:
            whole = hash((said, *(names[one] for one in ids)))
            for place, one in enumerate(ids):
                places[one].append(hash((whole, place)))
        names = {one: hash(tuple(sorted(found))) for one, found in places.items()}
    return names
