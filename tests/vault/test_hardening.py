"""The vault's memory is in no core file and out of reach of other processes of its user."""

import subprocess
import sys

import pytest

from services.core.errors import Misconfigured
from services.vault.hardening import refuse_tracer
from tests.conftest import HOME

HOLDING = """
import sys
from services.vault.hardening import harden
held = " ".join(("Canary", "Street", str(4700 + 12)))
if sys.argv[1] == "hardened":
    harden()
print("ready", flush=True)
sys.stdin.read()
"""
# Root could read everything: what follows does not have that right (prctl(2), PR_CAPBSET_DROP of CAP_SYS_PTRACE).
LIKE_ANYBODY = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(24, 19, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-c", *sys.argv[1:]])
"""
READING = """
import subprocess, sys
from pathlib import Path
holder = subprocess.Popen([sys.executable, "-c", *sys.argv[1:]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
holder.stdout.readline()
maps = Path(f"/proc/{holder.pid}/maps").read_text().splitlines()
spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in maps if " rw-p " in line]
found = False
with open(f"/proc/{holder.pid}/mem", "rb") as memory:
    for start, end in spans:
        memory.seek(start)
        found = found or b"Canary Street 4712" in memory.read(end - start)
holder.stdin.close()
print(found)
"""
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


def read_by_another_process(how: str) -> subprocess.CompletedProcess[str]:
    """Search the memory of a process that holds a place, as its parent of the same user, who may trace it."""
    told = [sys.executable, "-c", LIKE_ANYBODY, READING, HOLDING, how]
    return subprocess.run(told, check=False, capture_output=True, text=True, cwd=HOME)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's own")
def test_another_process_of_the_same_user_cannot_take_a_dump_of_a_hardened_process() -> None:
    assert "PermissionError" in read_by_another_process("hardened").stderr


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's own")
def test_it_would_find_a_place_in_the_dump_of_one_that_is_not_hardened() -> None:
    assert read_by_another_process("as it is").stdout.split() == ["True"]
