"""The sweep finds what it must: a guard that cannot fail guards nothing."""

import base64
import gzip
import html
import json
import re
import zlib
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest

from tests.leaks.canaries import Canaries, Leak
from tests.leaks.minting import canaries as minted

POSTCODE = "ZZ99 9ZZ"
CANARIES = Canaries([POSTCODE], ["123456"])
THOUSAND = 1_000
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def found(content: bytes) -> list[str]:
    return [leak.canary for leak in CANARIES.found_in("a sink", content)]


def digits_spelt(text: str) -> bytes:
    spelt = re.sub("[0-9]", lambda digit: f" {DIGITS[int(digit[0])]} ", text)
    return " ".join(spelt.split()).encode()


def raw_chunks(text: str) -> bytes:
    """gzip inside gzip, with bytes around it, as a log that was packed twice."""
    return b"\x00\x01" + gzip.compress(b"junk" + gzip.compress(text.encode()) + b"junk") + b"\x02"


Encode = Callable[[str], bytes]

COMMON: dict[str, Encode] = {
    "plain": str.encode,
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "upper case": lambda text: text.upper().encode(),
    "lower case": lambda text: text.lower().encode(),
    "spaces left out": lambda text: text.replace(" ", "").encode(),
    "spaces as hyphens": lambda text: text.replace(" ", "-").encode(),
    "spaces doubled": lambda text: text.replace(" ", "  ").encode(),
    "hex": lambda text: text.encode().hex().encode(),
    "hex upper": lambda text: text.encode().hex().upper().encode(),
    "URL": lambda text: quote(text).encode(),
    "form": lambda text: quote_plus(text).encode(),
    "reversed": lambda text: text.encode()[::-1],
    "base64 at 0": lambda text: base64.b64encode(text.encode()),
    "base64 at 1": lambda text: base64.b64encode(b"a" + text.encode() + b"bc"),
    "base64 at 2": lambda text: base64.b64encode(b"ab" + text.encode() + b"c"),
    "JSON": lambda text: json.dumps({"place": text}).encode(),
    "HTML": lambda text: html.escape(f"<p>{text}</p>").encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip in gzip": raw_chunks,
    "zlib": lambda text: zlib.compress(text.encode()),
}
RARE: dict[str, Encode] = {
    "utf-32-le": lambda text: text.encode("utf-32-le"),
    "utf-32-be": lambda text: text.encode("utf-32-be"),
    "URL, every byte": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
    "base32": lambda text: base64.b32encode(text.encode()),
    "JSON escapes": lambda text: "".join(f"\\u{ord(sign):04x}" for sign in text).encode(),
    "HTML entities": lambda text: "".join(f"&#{ord(sign)};" for sign in text).encode(),
    "HTML entities in hex": lambda text: "".join(f"&#x{ord(sign):x};" for sign in text).encode(),
    "digits spelt": digits_spelt,
}
ENCODINGS = {**COMMON, **RARE}


@pytest.mark.parametrize("encoding", COMMON)
@pytest.mark.parametrize("written", [POSTCODE, "ZZ999ZZ", "zz99 9zz", "zz999zz"])
def test_a_planted_postcode_is_found_in_every_spelling(written: str, encoding: str) -> None:
    assert POSTCODE in found(b"\x00junk" + COMMON[encoding](written) + b"junk\xff")


@pytest.mark.parametrize("written", ["ZZ9 99ZZ", "z z999zz", "ZZ nine nine nine ZZ", "zzninenineninezz"])
def test_a_postcode_whose_spaces_moved_or_whose_digits_are_spelt_is_found(written: str) -> None:
    assert POSTCODE in found(b"junk " + written.encode() + b" junk")


@pytest.fixture(scope="module")
def thousand() -> Canaries:
    return Canaries({mark for canary in minted(THOUSAND) for mark in canary.marks})


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_each_of_a_thousand_canaries_is_found_in_this_encoding(thousand: Canaries, encoding: str) -> None:
    encode = ENCODINGS[encoding]
    texts = [canary.text for canary in minted(THOUSAND)]
    assert [text for text in texts if not thousand.found_in("a sink", b"\x00x" + encode(text) + b"x\xff")] == []


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


def test_one_whose_spaces_moved_is_found_by_itself_and_not_where_a_word_ends_before_an_identifier() -> None:
    sought = Canaries(["EE3 3AC"])
    assert [leak.spelling for leak in sought.found_in("a page", b"(e e33ac)")] == ["spaces moved"]
    assert sought.found_in("a page", b"Case e33ac7f1") == []


def test_written_as_hexadecimal_digits_it_is_found_by_itself_and_not_within_an_identifier() -> None:
    sought = Canaries(["ED18 3EC"])
    identifier, value = b"0ed183ec7", b" ed183ec,"
    assert sought.found_in("a table", identifier.hex().encode()) == []
    assert sought.found_in("a table", value.hex().encode())


def test_a_leak_says_where_and_in_which_spelling() -> None:
    assert Leak(POSTCODE, "lower without spaces utf-8", "log of the correlator") in CANARIES.found_in(
        "log of the correlator", b"zz999zz"
    )


def test_what_is_packed_is_told_as_such() -> None:
    (leak, *_) = CANARIES.found_in("a file", b"head" + gzip.compress(b"at ZZ99 9ZZ"))
    assert leak.sink == "a file, unpacked"
