"""The sweep finds what it must: a guard that cannot fail guards nothing."""

import base64
from urllib.parse import quote

import pytest

from tests.leaks.canaries import Canaries, Leak

POSTCODE = "ZZ99 9ZZ"
CANARIES = Canaries([POSTCODE], ["123456"])


def found(content: bytes) -> list[str]:
    return [leak.canary for leak in CANARIES.found_in("a sink", content)]


@pytest.mark.parametrize("written", [POSTCODE, "ZZ999ZZ", "zz99 9zz", "zz999zz"])
@pytest.mark.parametrize(
    "encoded",
    [
        lambda text: text.encode(),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("utf-32-le"),
        lambda text: text.encode().hex().encode(),
        lambda text: text.encode().hex().upper().encode(),
        lambda text: quote(text).encode(),
        lambda text: text.encode()[::-1],
        lambda text: base64.b64encode(text.encode()),
        lambda text: base64.b64encode(b"a" + text.encode() + b"bc"),
        lambda text: base64.b64encode(b"ab" + text.encode() + b"c"),
        lambda text: base64.b32encode(text.encode()),
        lambda text: f'{{"place": "{text}"}}'.encode(),
    ],
)  # fmt: skip
def test_a_planted_postcode_is_found_in_every_spelling(written: str, encoded: object) -> None:
    assert callable(encoded)
    assert POSTCODE in found(b"\x00junk" + encoded(written) + b"junk\xff")


def test_nothing_is_found_where_nothing_was_planted() -> None:
    assert found(b"ZZ99 8ZZ zz 99 9 zz 1234567 0.123456 123456.5 a123456b") == []


@pytest.mark.parametrize(
    "content", [b"123456", b'"123456"', b"id=123456;", b"\x00123456\x00", b"1,123456,2", b"123456."]
)
def test_a_short_number_is_found_as_a_whole_value(content: bytes) -> None:
    assert found(content) == ["123456"]


def test_a_postcode_of_hexadecimal_digits_is_found_by_itself_and_not_within_an_identifier() -> None:
    canaries = Canaries(["EE3 3AC"])
    assert canaries.found_in("a sink", b"0123ee33ac4567") == []
    assert canaries.found_in("a sink", b"at ee33ac, upstairs")


def test_a_leak_says_where_and_in_which_spelling() -> None:
    assert CANARIES.found_in("log of the correlator", b"zz999zz") == [
        Leak(POSTCODE, "lower without spaces utf-8", "log of the correlator")
    ]
