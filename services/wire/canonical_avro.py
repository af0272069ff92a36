"""Whether bytes are what Avro writes a record as: a walk over them by their schema, which builds nothing.

Avro lets one record be written in many ways: padded numbers, blocks cut in pieces, booleans of seven, indexes below
zero. Only the shortest is ours, so that no two frames say the same and nothing can be hidden in the rest (design
section 3). The walk comes before any decoder: none sees a count or a length that is not there.
"""

from collections.abc import Callable, Mapping
from typing import Any

from services.core.errors import Misconfigured, Unreadable, UnreadableBytes

Step = Callable[[bytes, int, int], int]
"""Goes over a value whose first byte is read and no zero: bytes, place behind that byte, the byte; gives its end."""
Shape = tuple[Step, ...]
"""A step a value. A zero is the whole of an empty text or list, of a null, of the first symbol, of nought or false."""

_GOES_ON = 0x80
_MOST_BITS = 64
_MOST_SYMBOLS = 64
_DOUBLE_BYTES = 8


def expect_canonical(shape: Shape, frame: bytes, begin: int) -> None:
    """Refuse what does not stand in `frame` from `begin` to its end exactly as a record of that shape is written.

    Raises:
        UnreadableBytes: it ends too soon or too late, or is written in another way.
    """
    try:
        end = _walk(shape, frame, begin)
    except IndexError:
        end = len(frame) + 1
    if end != len(frame):
        raise UnreadableBytes(Unreadable.MALFORMED if end > len(frame) else Unreadable.TRAILING_BYTES)


def shape_of(schema: Any) -> Shape:  # noqa: ANN401 - a schema as fastavro parses it: a dict, a list or a name
    """The shape of a schema's records.

    Raises:
        Misconfigured: the schema has a type that this hub does not use, or lists what takes no bytes.
    """
    return _shape(schema, {})


def _shape(schema: Any, named: dict[str, Shape]) -> Shape:  # noqa: ANN401 - as above
    match schema:
        case {"type": "record", "name": str(name), "fields": fields}:
            named[name] = tuple(step for field in fields for step in _shape(field["type"], named))
            return named[name]
        case {"type": "enum", "name": str(name), "symbols": symbols} if len(symbols) <= _MOST_SYMBOLS:
            named[name] = (_symbol(len(symbols)),)
            return named[name]
        case {"type": "array", "items": items} if shape := _shape(items, named):
            return (_array(shape),)
        case ["null", other]:
            return (_optional(_shape(other, named)),)
        case {"type": str(name)} | str(name) if name in named or name in _PLAIN:
            return named.get(name) or _PLAIN[name]
    raise Misconfigured("A schema has a type of which its canonical bytes are not known.")


def _walk(shape: Shape, frame: bytes, at: int) -> int:
    for step in shape:
        first = frame[at]
        at += 1
        if first:
            at = step(frame, at, first)
    return at


def _number(frame: bytes, at: int, first: int) -> tuple[int, int]:
    """A zig-zag number as it stands, and its end: no longer than it must be, and of 64 bits at most."""
    number, bits, byte = first & ~_GOES_ON, 7, first
    while byte >= _GOES_ON and bits < _MOST_BITS:
        byte = frame[at]
        at += 1
        number |= (byte & ~_GOES_ON) << bits
        bits += 7
    if not byte or byte >= _GOES_ON or number >> _MOST_BITS:
        raise UnreadableBytes(Unreadable.NOT_CANONICAL)
    return number, at


def _long(frame: bytes, at: int, first: int) -> int:
    return at if first < _GOES_ON else _number(frame, at, first)[1]


def _count(frame: bytes, at: int, first: int) -> tuple[int, int]:
    """A count of bytes or items, and its end: of the odd zig-zag numbers each is below zero."""
    number, at = (first, at) if first < _GOES_ON else _number(frame, at, first)
    if number & 1:
        raise UnreadableBytes(Unreadable.NOT_CANONICAL)
    return number >> 1, at


def _sized(frame: bytes, at: int, first: int) -> int:
    size, at = _count(frame, at, first)
    return at + size


def _array(items: Shape) -> Step:
    def array(frame: bytes, at: int, first: int) -> int:
        count, at = _count(frame, at, first)
        for _ in range(count):
            at = _walk(items, frame, at)
        if frame[at]:
            raise UnreadableBytes(Unreadable.NOT_CANONICAL)
        return at + 1

    return array


def _optional(other: Shape) -> Step:
    """A null is a zero; of two types the second is a two."""
    choose = _symbol(2)

    def optional(frame: bytes, at: int, first: int) -> int:
        return _walk(other, frame, choose(frame, at, first))

    return optional


def _symbol(symbols: int) -> Step:
    last = 2 * (symbols - 1)

    def symbol(_frame: bytes, at: int, first: int) -> int:
        if first > last or first & 1:
            raise UnreadableBytes(Unreadable.NOT_CANONICAL)
        return at

    return symbol


def _boolean(_frame: bytes, at: int, first: int) -> int:
    if first != 1:
        raise UnreadableBytes(Unreadable.NOT_CANONICAL)
    return at


def _any_byte(_frame: bytes, at: int, _first: int) -> int:
    return at


_PLAIN: Mapping[str, Shape] = {
    "string": (_sized,),
    "bytes": (_sized,),
    "int": (_long,),
    "long": (_long,),
    "boolean": (_boolean,),
    "double": (_any_byte,) * _DOUBLE_BYTES,
}
