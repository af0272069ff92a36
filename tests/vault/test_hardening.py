"""The vault's memory is in no core file and out of reach of other processes of its user."""

import subprocess
import sys

import pytest

from services.core.errors import Misconfigured
from services.vault.hardening import refuse_tracer

HARDENED = """
import ctypes, resource
from services.vault.hardening import harden
harden()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's own call")
def test_a_hardened_process_is_undumpable_and_leaves_no_core() -> None:
    done = subprocess.run([sys.executable, "-c", HARDENED], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["0", "0", "0"]


def test_a_traced_vault_does_not_start() -> None:
    with pytest.raises(Misconfigured):
        refuse_tracer("Name:\tpython\nTracerPid:\t4711\n")


def test_a_system_that_does_not_say_who_traces_is_not_trusted() -> None:
    with pytest.raises(Misconfigured):
        refuse_tracer("Name:\tpython\n")


def test_an_untraced_vault_starts() -> None:
    refuse_tracer("Name:\tpython\nTracerPid:\t0\n")
