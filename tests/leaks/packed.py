"""What is packed inside other bytes: a search for a text finds nothing in gzip or zlib unless it unpacks them."""

import re
import zlib
from collections.abc import Iterator

_BEGINNINGS = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")
_GZIP_OR_ZLIB = 47
_LARGEST_BYTES = 1 << 24
_DEEPEST = 3


def unpacked(content: bytes, depth: int = _DEEPEST) -> Iterator[bytes]:
    """Everything that unpacks from some place of `content`, what is packed in that too; streams cut short in part."""
    for beginning in _BEGINNINGS.finditer(content):
        inner = _unpacked_at(content, beginning.start())
        if inner:
            yield inner
            if depth > 1:
                yield from unpacked(inner, depth - 1)


def _unpacked_at(content: bytes, start: int) -> bytes:
    stream = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        return stream.decompress(memoryview(content)[start:], _LARGEST_BYTES)
    except zlib.error:
        return b""
