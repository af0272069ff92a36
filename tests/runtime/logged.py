"""What services log, caught by a test; everything global is put back."""

import contextlib
import json
import logging
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import structlog

from services.runtime import logs
from services.runtime.settings import LogLevel


class Log:
    """What was logged."""

    def __init__(self) -> None:
        self.stream = StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextlib.contextmanager
def logging_to() -> Iterator[Log]:
    """Log as a service does, into memory."""
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    made = Log()
    logs.configure("police", LogLevel.DEBUG, made.stream)
    try:
        yield made
    finally:
        root.handlers, root.level = handlers, level
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
        logging.captureWarnings(capture=False)
        structlog.reset_defaults()
