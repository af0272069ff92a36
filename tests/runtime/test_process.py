"""What a process says at its end when a person must mend how it is set up."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from services.core.errors import Misconfigured
from services.runtime.process import Process, run
from services.runtime.settings import environment
from tests.conftest import HOME

SENTENCE = "The database has no schema words: make it."


async def fail_alone(_: Process) -> None:
    raise Misconfigured(SENTENCE)


async def fail_beside_others(process: Process) -> None:
    """As the services with several tasks do."""
    async with asyncio.TaskGroup() as tasks, asyncio.TaskGroup() as more:
        tasks.create_task(process.stopping.wait())
        more.create_task(process.stopping.wait())
        raise Misconfigured(SENTENCE)


async def fail_beside_a_fault_of_ours(_: Process) -> None:
    raise ExceptionGroup("two", [Misconfigured(SENTENCE), ZeroDivisionError()])


WAYS: dict[str, Callable[[Process], Awaitable[None]]] = {
    one.__name__: one for one in (fail_alone, fail_beside_others, fail_beside_a_fault_of_ours)
}


def ended(way: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own that ends so."""
    told = environment(
        service="words",
        kafka_bootstrap="127.0.0.1:1",
        kafka_security="SASL_PLAINTEXT",
        kafka_user="words",
        secrets_file=folder,
        http_port=0,
        operator_token_file=folder,
    )
    return subprocess.run(
        [sys.executable, "-m", __name__, way],
        env={**os.environ, **told},
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("way", ["fail_alone", "fail_beside_others"])
def test_what_a_person_must_mend_is_said_also_where_it_ended_tasks_side_by_side(way: str, tmp_path: Path) -> None:
    assert ended(way, tmp_path).stderr == f"{SENTENCE} Nothing was read or written.\n"


def test_a_fault_of_ours_is_not_hidden_by_what_a_person_must_mend(tmp_path: Path) -> None:
    assert "An error that nobody handled" in ended("fail_beside_a_fault_of_ours", tmp_path).stdout


if __name__ == "__main__":
    run(WAYS[sys.argv[1]])
