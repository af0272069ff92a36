"""JSON logs that fail closed: only listed keys, only codes and numbers as values, never the text of an exception."""

import asyncio
import logging
import re
import sys
import threading
import traceback
from collections import Counter
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict

from services.runtime.settings import LogLevel

# What a line of the log may hold besides its sentence. A key that is not here is left out, whatever it holds.
KEYS = frozenset(
    {
        "service",
        "level",
        "at",
        "event",
        "error",
        "where",
        "library",
        "line",
        "reason",
        "reference",
        "status",
        "topic",
        "partition",
        "offset",
        "count",
        "events",
        "records",
        "refused",
        "held_back",
        "seconds",
        "signal",
        "port",
        "attempt",
        "schema",
        "version",
        "key_id",
    }
)
_CODE = re.compile(r"[A-Za-z0-9_.:<>/-]{1,200}")
_SENTENCE_KEYS = frozenset({"event", "at"})
_OWN_FRAMES = 3
_AGAIN_SECONDS = 10.0


def configure(service: str, level: LogLevel, stream: TextIO | None = None) -> None:
    """Send our own logs, the libraries', warnings and uncaught errors to `stream` as JSON lines."""
    out = stream or sys.stdout
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _Named(service),
            error_without_its_text,
            only_listed_keys,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.value),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [LibraryLines()]
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    # That a timer of Faust's took long says that the machine is busy; the metrics tell how far behind a service is.
    logging.getLogger("mode.timers").setLevel(logging.ERROR)
    logging.captureWarnings(capture=True)
    catch_uncaught()


def catch_uncaught() -> None:
    """Let errors that nobody handles leave a line without their text, in every thread."""
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)
    threading.excepthook = lambda failed: _uncaught(failed.exc_type, failed.exc_value, failed.exc_traceback)


class LibraryLines(logging.Handler):
    """Says that a library logged something and where in its source; its words may hold data of a child.

    The same line is said once in ten seconds, with how often it was logged since.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[tuple[str, int], float] = {}
        self._count: Counter[tuple[str, int]] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        place = (record.module, record.lineno)
        self._count[place] += 1
        if record.created < self._next.get(place, 0.0):
            return
        self._next[place] = record.created + _AGAIN_SECONDS
        _log().log(
            record.levelno,
            "A library logged a line; its words are withheld, its source tells them.",
            library=record.name,
            line=f"{record.module}:{record.lineno}",
            count=self._count.pop(place),
            exc_info=record.exc_info,
        )


class _Named:
    """Adds the service's name to every line."""

    def __init__(self, service: str) -> None:
        self.service = service

    def __call__(self, _logger: object, _method: str, event: EventDict) -> EventDict:
        event["service"] = self.service
        return event


def error_without_its_text(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the error's class and the lines of our own code that it passed through."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = where(error)
    return event


def only_listed_keys(_logger: object, _method: str, event: EventDict) -> MutableMapping[str, Any]:
    """Leave out every key that is not listed and every value that is neither a number nor a short code."""
    return {key: _harmless(key, value) for key, value in event.items() if key in KEYS}


def where(error: BaseException) -> str:
    """Say which lines an error passed through, innermost last: module:line, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return ">".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-_OWN_FRAMES:])


def _harmless(key: str, value: object) -> object:
    if isinstance(value, bool | int | float) or key in _SENTENCE_KEYS:
        return value
    return value if isinstance(value, str) and _CODE.fullmatch(value) else "withheld"


def _error(exc_info: object) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return _error(exc_info[1])
    return sys.exception() if exc_info else None


def _uncaught(
    _kind: type[BaseException], error: BaseException | None, _traceback: TracebackType | None = None, /
) -> None:
    if isinstance(error, KeyboardInterrupt | asyncio.CancelledError):
        return
    _log().critical("An error that nobody handled; its words are withheld.", exc_info=error)


def _log() -> Any:  # noqa: ANN401 - structlog's own type for a logger that is configured later
    return structlog.get_logger()
