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
Counted = Counter[tuple[str, int]]


def differences(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """The texts that are said more often in one world than in the other, with how often, ids left out.

    Where the texts agree, it is those whose ids are not equal to the same others in both.
    """
    worlds = [[_parsed(text) for text in world] for world in (one, other)]
    said = [Counter((text, 0) for text, _ in world) for world in worlds]
    return _only(*said) or _only(*map(_named, worlds))


def _only(left: Counted, right: Counted) -> list[str]:
    return [
        f"{sign} {count} times: {text}"
        for sign, only in (("-", left - right), ("+", right - left))
        for (text, _), count in sorted(only.items())
    ]


def _named(parsed: Sequence[Parsed]) -> Counted:
    """Each text by what it says and which ids it names."""
    names = _names(parsed)
    return Counter((said, hash(tuple(names[one] for one in ids))) for said, ids in parsed)


def _parsed(text: str) -> Parsed:
    return _ID.sub("<id>", text), tuple(_ID.findall(text))


def _names(parsed: Sequence[Parsed]) -> Mapping[str, int]:
    """Each id's name: what it shares with all ids that stand in the same texts at the same places."""
    names = dict.fromkeys((one for _, ids in parsed for one in ids), 0)
    for _ in range(_ROUNDS):
        places: dict[str, list[int]] = defaultdict(list)
        for said, ids in parsed:
            whole = hash((said, *(names[one] for one in ids)))
            for place, one in enumerate(ids):
                places[one].append(hash((whole, place)))
        names = {one: hash(tuple(sorted(found))) for one, found in places.items()}
    return names
