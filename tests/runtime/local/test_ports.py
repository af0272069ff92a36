"""Every part has a port of its own, and who sits on it is named."""

import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.runtime.local.errors import EditionFailed
from services.runtime.local.ports import BLOCK, HOST, free_base, is_free, ports_from, taken


@given(st.integers(1024, 65535 - BLOCK))
def test_no_two_parts_share_a_port(base: int) -> None:
    ports = ports_from(base)

    assert len(set(ports.values())) == len(ports)
    assert all(base <= port < base + BLOCK for port in ports.values())


@pytest.mark.parametrize("base", [0, 1023, 65535 - BLOCK + 1, 70000])
def test_a_base_without_room_for_every_port_is_refused(base: int) -> None:
    with pytest.raises(EditionFailed, match="out of range"):
        ports_from(base)


def test_who_listens_on_a_port_is_named() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        (found,) = taken({"kafka": port})

    assert (found.port, found.pid) == (port, os.getpid())
    assert str(found).startswith(f"port {port}, which kafka needs, is taken by ")


def test_a_port_that_is_listened_on_everywhere_is_taken_here_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104 - what another program might do
        assert not is_free(server.getsockname()[1])


def test_a_free_base_passes_over_what_is_taken() -> None:
    first = free_base()
    with socket.create_server((HOST, ports_from(first)["postgres"])):
        assert free_base([first, *range(20000, 32000, BLOCK)]) != first
