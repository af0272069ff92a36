"""The log holds sentences of ours, codes and numbers; what could hold a child's data never gets in."""

import ast
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.conftest import HOME
from tests.runtime.logged import Log, logging_to

SECRET = "Given1 Family1, ZZ1 1ZZ"
LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


@pytest.fixture
def log() -> Iterator[Log]:
    """A log of its own for one test."""
    with logging_to() as made:
        yield made


def failure() -> ValueError:
    """An error whose text quotes data, as errors do."""
    try:
        int(SECRET)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_line_says_who_when_and_what(log: Log) -> None:
    structlog.get_logger().info("A batch was published.", count=3)

    (line,) = log.lines
    assert (line["service"], line["level"], line["event"], line["count"]) == (
        "police",
        "info",
        "A batch was published.",
        3,
    )
    assert line["at"].endswith("Z")


def test_a_key_that_is_not_listed_leaves_no_trace(log: Log) -> None:
    structlog.get_logger().info("A child was named.", name=SECRET, child="4711")

    assert set(log.lines[0]) == {"at", "event", "level", "service"}


@pytest.mark.parametrize("value", [SECRET, "ZZ1 1ZZ", b"4711", ["4711"], {"a": 1}, "x" * 300, None, object()])
def test_a_value_that_is_no_code_is_withheld_under_a_listed_key_too(log: Log, value: object) -> None:
    structlog.get_logger().info("A batch was refused.", reason=value)

    assert log.lines[0]["reason"] == "withheld"


def test_the_words_of_an_error_are_withheld_and_its_place_is_told(log: Log) -> None:
    structlog.get_logger().error("A batch failed.", exc_info=failure())

    assert SECRET not in log.text
    assert log.lines[0]["error"] == "ValueError"
    assert log.lines[0]["where"].startswith("test_logs.py:")


def test_the_words_of_an_errors_cause_are_withheld(log: Log) -> None:
    error = RuntimeError("of ours")
    error.__cause__ = failure()
    structlog.get_logger().error("A batch failed.", exc_info=error)

    assert SECRET not in log.text


def test_the_words_of_a_library_are_withheld_and_its_line_is_told(log: Log) -> None:
    logging.getLogger("a_library").error("Got %s", SECRET, exc_info=failure())

    assert SECRET not in log.text
    assert log.lines[0]["library"] == "a_library"
    assert log.lines[0]["line"].startswith("test_logs:")


def test_that_a_timer_was_late_is_no_line_and_that_one_failed_is(log: Log) -> None:
    timers = logging.getLogger("mode.timers")
    timers.warning("Timer is overlapping.")
    timers.error("Timer failed.")
    assert [line["library"] for line in log.lines] == ["mode.timers"]


def test_a_library_that_repeats_itself_is_heard_once(log: Log) -> None:
    for _ in range(100):
        logging.getLogger("a_library").error("Got nothing.")

    assert len(log.lines) == 1


def test_the_words_of_a_warning_are_withheld(log: Log) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(SECRET, stacklevel=1)

    assert SECRET not in log.text
    assert len(log.lines) == 1


def test_the_words_of_an_error_that_nobody_handled_are_withheld(log: Log, capfd: pytest.CaptureFixture[str]) -> None:
    error = failure()
    sys.excepthook(ValueError, error, error.__traceback__)
    thread = threading.Thread(target=lambda: int(SECRET))
    thread.start()
    thread.join()

    assert [line["error"] for line in log.lines] == ["ValueError", "ValueError"]
    assert SECRET not in log.text + "".join(capfd.readouterr())


def made_up_sentences(source: str) -> list[int]:
    """The lines on which something is logged that is no fixed sentence of ours."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if _logs(call) and not _is_fixed(call)]


def _logs(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute) and function.attr in LEVELS and ast.unparse(function.value).endswith("log")
    )


def _is_fixed(call: ast.Call) -> bool:
    return len(call.args) == 1 and isinstance(call.args[0], ast.Constant)


def logging_modules() -> list[Path]:
    """Every module of ours that may log."""
    return sorted((HOME / "services").rglob("*.py"))


def test_every_sentence_in_the_log_is_fixed() -> None:
    found = {path.name: made_up_sentences(path.read_text("utf-8")) for path in logging_modules()}

    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source", ['log.info(f"{name} was read")', "log.error(str(error))", 'self._log.info("%s", name)']
)
def test_the_guard_of_sentences_falls_when_one_is_made_up(source: str) -> None:
    assert made_up_sentences(source) == [1]
