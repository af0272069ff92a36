"""What is started keeps a core for as long as was asked, where the kernel can be asked at all."""

import platform
import re
import subprocess
import sys

import pytest

from services.runtime.local.time_slices import MILLISECONDS
from tests.conftest import HOME

_ASK = """
import ctypes, platform, struct
call, told = {"x86_64": 315, "aarch64": 275}[platform.machine()], ctypes.create_string_buffer(48)
assert ctypes.CDLL(None).syscall(call, 0, told, 48, 0) == 0
_, _, _, nice, _, slice_ns, _, _ = struct.unpack("=IIQiIQQQ", told.raw)
print(nice, slice_ns)
"""


def test_whatever_is_started_afterwards_keeps_a_core_for_longer_and_is_as_nice_as_before() -> None:
    if tuple(map(int, re.findall(r"[0-9]+", platform.release())[:2])) < (6, 12):
        pytest.skip("Linux before 6.12 gives every program the same slice")
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_ASK!r}], check=True)"
    lengthened = f"import os; os.nice(7); from services.runtime.local.time_slices import lengthen; lengthen(); {start}"
    told = subprocess.run([sys.executable, "-c", lengthened], cwd=HOME, capture_output=True, check=True).stdout
    assert told.split() == [b"7", str(MILLISECONDS * 1_000_000).encode()]
