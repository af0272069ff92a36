"""What must be found nowhere, in every spelling that a program might give it."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from ahocorasick_rs import BytesAhoCorasick

from tests.leaks.packed import unpacked

# A short word of hexadecimal digits is found by chance within the hub's identifiers: it must stand by itself, and where
# bytes are written as hexadecimal digits, within what those bytes say.
_LIKE_AN_ID = re.compile(rb"[0-9A-Fa-f]{1,7}")
_TOKEN = re.compile(rb"(?<![0-9A-Za-z.])[0-9]{4,9}(?![0-9A-Za-z]|\.[0-9])")
_BETWEEN_WORDS = ("-", "_", ".", "/", "  ", "\N{NO-BREAK SPACE}", "\n", ", ")
_MOVED = "spaces moved"  # "Case e33ac1..." has the end of a word before an identifier
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Leak:
    """A canary that was found: which, in which spelling, and in which sink."""

    canary: str
    spelling: str
    sink: str


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """Every spelling of a text, named; what is packed (gzip, zlib) is unpacked where it is looked for."""
    for form, word in _forms(text).items():
        plain = word.encode()
        yield f"{form} utf-8", plain
        yield f"{form} utf-16-le", word.encode("utf-16-le")
        yield f"{form} utf-16-be", word.encode("utf-16-be")
        yield f"{form} reversed", plain[::-1]
        yield f"{form} hex", plain.hex().encode()
        yield f"{form} hex upper", plain.hex().upper().encode()
        yield f"{form} percent", quote(word, safe="").encode()
        yield f"{form} form", quote_plus(word).encode()
        for shift in range(3):
            yield f"{form} base64 at {shift}", _inner(base64.b64encode, 6, plain, shift)
    yield from _written_by_number(text)
    yield from _written_otherwise(text)


def _forms(text: str) -> dict[str, str]:
    """The text as it is likely to be written; what comes to the same stands there once."""
    joined = text.replace(" ", "")
    forms = {"as is": text, "lower": text.lower(), "upper": text.upper()}
    forms |= {"without spaces": joined, "lower without spaces": joined.lower(), "upper without spaces": joined.upper()}
    first = {word: form for form, word in reversed(forms.items())}
    return {form: word for word, form in reversed(first.items())}


def _written_by_number(text: str) -> Iterator[tuple[str, bytes]]:
    """The text as it is in the rarer encodings, most of which write every character by its number."""
    yield "utf-32-le", text.encode("utf-32-le")
    yield "utf-32-be", text.encode("utf-32-be")
    yield "percent of all", _each("%{:02X}", text)
    yield "JSON escapes", _each("\\u{:04x}", text)
    yield "Python escapes", _each("\\x{:02x}", text)
    yield "HTML decimal", _each("&#{:d};", text)
    yield "HTML hex", _each("&#x{:x};", text)
    for shift in range(5):
        yield f"base32 at {shift}", _inner(base64.b32encode, 5, text.encode(), shift)


def _written_otherwise(text: str) -> Iterator[tuple[str, bytes]]:
    """The text with its spaces moved, its words parted otherwise, or its digits spelt."""
    for word in {text, text.lower()}:
        joined = word.replace(" ", "")
        if len(joined) <= len("ZZ999ZZZZZ"):
            yield from ((_MOVED, f"{joined[:at]} {joined[at:]}".encode()) for at in range(1, len(joined)))
        if " " in word:
            yield from (("words parted otherwise", word.replace(" ", sign).encode()) for sign in _BETWEEN_WORDS)
        if any(sign.isdigit() for sign in word):
            yield from (("digits spelt", _spelt(word, between).encode()) for between in ("", " "))


def _spelt(word: str, between: str) -> str:
    parts = re.findall(r"[0-9]|[^0-9]+", word)
    spelt = [_DIGITS[int(part)] if part.isdigit() else part.strip() for part in parts]
    return between.join(part for part in spelt if part)


def _each(form: str, word: str) -> bytes:
    """Every character written by its number."""
    return "".join(form.format(ord(sign)) for sign in word).encode()


def _inner(encode: Callable[[bytes], bytes], bits: int, plain: bytes, shift: int) -> bytes:
    """The characters, of so many bits each, of anything that holds `plain` that many bytes after a whole group."""
    encoded = encode(bytes(shift) + plain)
    first = -(-shift * 8 // bits)
    last = (shift + len(plain)) * 8 // bits
    return encoded[first:last]


class Canaries:
    """Texts that are looked for in all their spellings, and short numbers that are looked for as whole values."""

    def __init__(self, texts: Iterable[str], numbers: Iterable[str] = ()) -> None:
        named: dict[bytes, tuple[str, str]] = {}
        for text in texts:
            for spelling, pattern in spellings(text):
                named.setdefault(pattern, (text, spelling))
        self._patterns = list(named)
        self._names = [named[pattern] for pattern in self._patterns]
        self._alone = [
            _digits_of_a_sign(pattern.replace(b" ", b"") if spelling == _MOVED else pattern)
            for pattern, (_, spelling) in named.items()
        ]
        self._search = BytesAhoCorasick(self._patterns)
        self._numbers = {number.encode() for number in numbers}

    def found_in(self, sink: str, content: bytes) -> list[Leak]:
        """Every canary in the content of a sink, and in whatever is packed inside it."""
        found = self._found(sink, content)
        for inner in unpacked(content):
            found += self._found(f"{sink}, unpacked", inner)
        return found

    def _found(self, sink: str, content: bytes) -> list[Leak]:
        texts = [
            Leak(*self._names[which], sink)
            for which, start, end in self._search.find_matches_as_indexes(content, overlapping=True)
            if not self._alone[which] or _stands_alone(content, start, end, self._alone[which])
        ]
        # PostgreSQL numbers its own objects: there a short number proves nothing.
        counted = self._numbers and not sink.startswith("table pg_catalog.")
        tokens = self._numbers.intersection(_TOKEN.findall(content)) if counted else ()
        return texts + [Leak(number.decode(), "whole value", sink) for number in tokens]


def _digits_of_a_sign(pattern: bytes) -> int:
    """How many digits write one sign of a word that must stand by itself; 0 for what is found by chance nowhere."""
    if _LIKE_AN_ID.fullmatch(pattern):
        return 1
    return 2 if _LIKE_AN_ID.fullmatch(_unhexed(pattern)) else 0


def _stands_alone(content: bytes, start: int, end: int, digits: int) -> bool:
    signs = content[max(start - digits, 0) : start], content[end : end + digits]
    return not any((_unhexed(sign) if digits > 1 else sign).isalnum() for sign in signs)


def _unhexed(digits: bytes) -> bytes:
    """What these hexadecimal digits say; nothing, if they are none."""
    try:
        return bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""
