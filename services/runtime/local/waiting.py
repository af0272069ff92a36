"""Waiting: for what announces itself to nobody, such as a port that starts to answer, and for several at once."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

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


def at_once(*acts: Callable[[], object]) -> None:
    """Do all of these side by side; when all have ended, raises what the first of them raised that failed."""
    with ThreadPoolExecutor(len(acts)) as pool:
        doing = [pool.submit(act) for act in acts]
    for done in doing:
        done.result()
