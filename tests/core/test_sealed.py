"""`Sealed` has nothing to show: every way of reading, comparing, copying or counting it is refused."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from services.core.sealed import SEALED, Sealed, SealedValueError

WAYS: dict[str, Callable[[Any], object]] = {
    "str": str,
    "repr": repr,
    "format": lambda sealed: f"{sealed}",
    "percent": lambda sealed: "%s" % sealed,  # noqa: UP031 - what is tried
    "join": lambda sealed: "".join(map(str, [sealed])),
    "bytes": bytes,
    "print": print,
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "equal": lambda sealed: sealed == sealed,  # noqa: PLR0124 - what is tried
    "unequal": lambda sealed: sealed != "London",
    "equal to another": lambda sealed: sealed == "London",
    "equal from the other side": lambda sealed: "London" == sealed,  # noqa: SIM300 - what is tried
    "order": lambda sealed: sorted([sealed, sealed]),
    "hash": hash,
    "set": lambda sealed: {sealed},
    "key": lambda sealed: {sealed: 1},
    "bool": bool,
    "not": lambda sealed: not sealed,
    "len": len,
    "iteration": list,
    "in": lambda sealed: "London" in sealed,
    "index": lambda sealed: sealed[0],
    "number": int,
    "path": open,
    "JSON": json.dumps,
    "JSON of what holds it": lambda sealed: json.dumps({"location": sealed}),
    "JSON by its text": lambda sealed: json.dumps(sealed, default=str),
    "repr of what holds it": lambda sealed: repr([sealed]),
    "fields": vars,
    "a field of one's own": lambda sealed: setattr(sealed, "place", "London"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_sealed_value_refuses(way: str) -> None:
    with pytest.raises((SealedValueError, TypeError, AttributeError)):
        WAYS[way](SEALED)


def test_the_refusal_says_nothing_of_a_value() -> None:
    with pytest.raises(SealedValueError) as refused:
        str(SEALED)
    assert "London" not in str(refused.value)


def test_a_value_that_showed_itself_would_be_noticed() -> None:
    class Open(Sealed):
        __slots__ = ()
        __repr__ = object.__repr__  # type: ignore[assignment]  # the very thing that must not be

    assert "Open" in repr(Open())
