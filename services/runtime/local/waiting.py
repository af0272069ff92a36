"""Waiting for something that announces itself to nobody, such as a port that starts to answer."""

import threading
import time
from collections.abc import Callable

STEP_SECONDS = 0.05


def until(check: Callable[[], bool], seconds: float, step_seconds: float = STEP_SECONDS) -> bool:
    """True as soon as the check holds, False once that many seconds are over."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not check():
        if time.monotonic() > deadline:
            return False
        pause.wait(step_seconds)
    return True
