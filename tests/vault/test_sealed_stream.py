"""A sealed stream is whole or refused, wherever it was cut and whatever was done to it."""

from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.vault.sealed_stream import MAGIC, NotWhole, StreamSealer, opened

KEY = bytes(range(32))


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


def sealed(parts: Sequence[bytes]) -> list[bytes]:
    sealer = StreamSealer(KEY)
    return [sealer.begin, *(sealer.seal(part, last=part is parts[-1]) for part in parts)]


async def read(*given: bytes, key: bytes = KEY) -> list[bytes]:
    return [part async for part in opened(key, pieces(*given))]


def numbered(count: int) -> list[bytes]:
    return [f"part {number}".encode() for number in range(count)]


@given(count=st.integers(1, 6), size=st.integers(1, 200))
async def test_what_was_sealed_comes_out_however_the_bytes_arrive(count: int, size: int) -> None:
    whole = b"".join(sealed(numbered(count)))
    arriving = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert await read(*arriving) == numbered(count)


@given(count=st.integers(1, 4), cut=st.integers(0, 300))
async def test_a_stream_that_was_cut_off_anywhere_is_refused(count: int, cut: int) -> None:
    whole = b"".join(sealed(numbered(count)))
    with pytest.raises(NotWhole):
        await read(whole[: cut % len(whole)])


@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
async def test_an_altered_byte_anywhere_is_noticed(at: int, flip: int) -> None:
    whole = bytearray(b"".join(sealed(numbered(3))))
    whole[at % len(whole)] ^= flip
    with pytest.raises(NotWhole):
        await read(bytes(whole))


async def test_parts_cannot_change_places_be_left_out_or_come_twice() -> None:
    begin, one, two, three = sealed(numbered(3))
    for spoilt in ([begin, two, one, three], [begin, two, three], [begin, one, one, two, three], [begin, three]):
        with pytest.raises(NotWhole):
            await read(*spoilt)


async def test_nothing_may_follow_the_last_part() -> None:
    with pytest.raises(NotWhole):
        await read(*sealed(numbered(2)), b"x")


async def test_another_key_opens_nothing() -> None:
    with pytest.raises(NotWhole):
        await read(*sealed(numbered(2)), key=bytes(32))


@given(junk=st.binary(max_size=300))
async def test_any_other_file_is_refused(junk: bytes) -> None:
    with pytest.raises(NotWhole):
        await read(junk)
    with pytest.raises(NotWhole):
        await read(MAGIC + junk)


async def test_a_length_that_no_part_has_is_refused_before_it_is_waited_for() -> None:
    begin, *_ = sealed(numbered(1))
    with pytest.raises(NotWhole):
        await read(begin, b"\xff\xff\xff\xff")
