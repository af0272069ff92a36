"""What must be found nowhere, in every spelling that a program might give it."""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from ahocorasick_rs import BytesAhoCorasick

# A short word of hexadecimal digits is found by chance within the hub's identifiers: it must stand by itself.
_LIKE_AN_ID = re.compile(rb"[0-9A-Fa-f]{1,7}")
_TOKEN = re.compile(rb"(?<![0-9A-Za-z.])[0-9]{4,9}(?![0-9A-Za-z]|\.[0-9])")


@dataclass(frozen=True, slots=True)
class Leak:
    """A canary that was found: which, in which spelling, and in which sink."""

    canary: str
    spelling: str
    sink: str


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """Every spelling of a text, named."""
    for form, word in _forms(text).items():
        plain = word.encode()
        yield f"{form} utf-8", plain
        yield f"{form} utf-16-le", word.encode("utf-16-le")
        yield f"{form} utf-16-be", word.encode("utf-16-be")
        yield f"{form} utf-32-le", word.encode("utf-32-le")
        yield f"{form} reversed", plain[::-1]
        yield f"{form} hex", plain.hex().encode()
        yield f"{form} hex upper", plain.hex().upper().encode()
        yield f"{form} percent", quote(word, safe="").encode()
        yield f"{form} form", quote_plus(word).encode()
        yield f"{form} base32", base64.b32encode(plain)[: len(plain) * 8 // 5]
        for shift in range(3):
            yield f"{form} base64 at {shift}", _inner_base64(plain, shift)


def _forms(text: str) -> dict[str, str]:
    forms = {"as is": text, "lower": text.lower(), "without spaces": text.replace(" ", "")}
    forms["lower without spaces"] = forms["without spaces"].lower()
    return {form: word for form, word in forms.items() if word not in list(forms.values())[: list(forms).index(form)]}


def _inner_base64(plain: bytes, shift: int) -> bytes:
    """The characters of the base64 of anything that holds `plain` at this place modulo three."""
    encoded = base64.b64encode(bytes(shift) + plain)
    first = (shift * 8 + 5) // 6
    last = (shift + len(plain)) * 8 // 6
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
        self._alone = [_LIKE_AN_ID.fullmatch(pattern) is not None for pattern in self._patterns]
        self._search = BytesAhoCorasick(self._patterns)
        self._numbers = {number.encode() for number in numbers}

    def found_in(self, sink: str, content: bytes) -> list[Leak]:
        """Every canary in the content of a sink."""
        texts = [
            Leak(*self._names[which], sink)
            for which, start, end in self._search.find_matches_as_indexes(content)
            if not self._alone[which] or _stands_alone(content, start, end)
        ]
        # PostgreSQL numbers its own objects: there a short number proves nothing.
        counted = self._numbers and not sink.startswith("table pg_catalog.")
        tokens = self._numbers.intersection(_TOKEN.findall(content)) if counted else ()
        return texts + [Leak(number.decode(), "whole value", sink) for number in tokens]


def _stands_alone(content: bytes, start: int, end: int) -> bool:
    return not (content[max(start - 1, 0) : start].isalnum() or content[end : end + 1].isalnum())
