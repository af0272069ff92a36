"""A file that is whole or refused: libsodium's secret stream; no part can be altered, moved, left out or cut off."""

from collections.abc import AsyncIterator

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
)
from nacl.exceptions import CryptoError

from services.core.errors import BadData

MAGIC = b"lantern vault backup 1\n"
PART_BYTES = 64 * 1024
_LENGTH_BYTES = 4
_LONGEST = PART_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES


class NotWhole(BadData):
    """The file is no whole backup made with this backup.key: cut short, altered or another's. Nothing was changed."""


class StreamSealer:
    """Seals part after part; what `begin` gives stands first."""

    def __init__(self, key: bytes) -> None:
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self.begin = MAGIC + crypto_secretstream_xchacha20poly1305_init_push(self._state, key)

    def seal(self, part: bytes, *, last: bool = False) -> bytes:
        """Up to `PART_BYTES`, with the length in front."""
        tag = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
        if last:
            tag = crypto_secretstream_xchacha20poly1305_TAG_FINAL
        sealed = crypto_secretstream_xchacha20poly1305_push(self._state, part, ad=MAGIC, tag=tag)
        return len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed


async def opened(key: bytes, received: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts as they were before they were sealed; it ends only behind the last one.

    Raises:
        NotWhole: at the first part that is not as it was sealed, or at an end that is not the end.
    """
    bytes_of = _Buffer(received)
    if await bytes_of.take(len(MAGIC)) != MAGIC:
        raise NotWhole
    state = crypto_secretstream_xchacha20poly1305_state()
    head = await bytes_of.take(crypto_secretstream_xchacha20poly1305_HEADERBYTES)
    crypto_secretstream_xchacha20poly1305_init_pull(state, head, key)
    tag = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
    while tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL:
        part, tag = _pull(state, await bytes_of.part())
        yield part
    if await bytes_of.more():
        raise NotWhole


def _pull(state: crypto_secretstream_xchacha20poly1305_state, sealed: bytes) -> tuple[bytes, int]:
    try:
        return crypto_secretstream_xchacha20poly1305_pull(state, sealed, ad=MAGIC)
    except CryptoError:
        raise NotWhole from None


class _Buffer:
    """Takes as many bytes as are wanted from pieces of any size."""

    def __init__(self, received: AsyncIterator[bytes]) -> None:
        self._received = received
        self._held = bytearray()

    async def take(self, count: int) -> bytes:
        while len(self._held) < count:
            piece = await anext(self._received, None)
            if piece is None:
                raise NotWhole
            self._held += piece
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken

    async def part(self) -> bytes:
        length = int.from_bytes(await self.take(_LENGTH_BYTES), "big")
        if length > _LONGEST:
            raise NotWhole
        return await self.take(length)

    async def more(self) -> bool:
        """Whether anything is left."""
        while not self._held:
            piece = await anext(self._received, None)
            if piece is None:
                return False
            self._held += piece
        return True
