"""What is done to a running edition while files are published to it."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from services.runtime.local.principals import SERVICES
from services.runtime.local.programs import PARTS
from services.runtime.local.supervisor import Supervisor
from services.runtime.local.waiting import until
from tests.edition import LocalEdition
from tests.generated import File

LONGEST_SECONDS = 180
TRIES = 20


@dataclass(frozen=True)
class Harm:
    """A process is killed after so many seconds, or frozen for some."""

    victim: str
    after_seconds: float
    frozen_seconds: float | None = None


def harms(random: Random, kills: int, freezes: int) -> list[Harm]:
    """Every process is killed as often as any other, and every service is frozen, in any order at any time."""
    victims = [*PARTS, *PARTS, *SERVICES]
    killed = [victims[number % len(victims)] for number in range(kills)]
    frozen = [SERVICES[number % len(SERVICES)] for number in range(freezes)]
    done = [Harm(victim, random.uniform(0, 3)) for victim in killed]
    # Kafka takes a worker for dead after ten seconds.
    done += [Harm(victim, random.uniform(0, 3), random.choice((1, 3, 11))) for victim in frozen]
    random.shuffle(done)
    return done


def publish_under(harm: Sequence[Harm], edition: LocalEdition, files: Sequence[File], folder: Path) -> Counter[str]:
    """Publish the files, about two at a time, with a harm or two a file; gives why files had to be sent again."""
    supervisor = Supervisor(edition.parts.run)
    sent: list[Future[list[str]]] = []
    with ThreadPoolExecutor(2) as pool:
        for number, file in enumerate(files):
            sent.append(pool.submit(publish, edition, file, folder / f"{number}.json"))
            for one in harm[number :: len(files)]:
                do(one, supervisor)
            if number:
                sent[number - 1].result()
    return Counter(sentence for one in sent for sentence in one.result())


def do(harm: Harm, supervisor: Supervisor) -> None:
    """Do it once the process runs, and see to it that it runs on."""
    wait(harm.after_seconds)
    pid = pid_of(supervisor, harm.victim)
    if harm.frozen_seconds is None:
        os.kill(pid, signal.SIGKILL)
        return
    os.kill(pid, signal.SIGSTOP)
    try:
        wait(harm.frozen_seconds)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def pid_of(supervisor: Supervisor, name: str) -> int:
    found: list[int] = []

    def runs() -> bool:
        found.extend(state.pid for state in supervisor.states() if state.name == name and state.pid)
        return bool(found)

    assert until(runs, LONGEST_SECONDS), f"{name} is not up again"
    return found[0]


def publish(edition: LocalEdition, file: File, path: Path) -> list[str]:
    """Publish as an agency would: told that it is not done, publish again; gives what it was told."""
    path.write_bytes(file.content)
    told: list[str] = []
    while len(told) < TRIES:
        result = edition.run("publish", "--agency", file.agency.value, "--organisation", file.organisation, path)
        assert "Traceback" not in result.stderr, result.stderr
        if result.returncode == 0:
            return told
        assert result.returncode == 1, result.stdout + result.stderr
        told.append(result.stderr.strip())
        wait(1)
    raise AssertionError(told)


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def seconds_until(check: Callable[[], bool]) -> float:
    """How long it takes until something holds, which it must before long even on a busy machine."""
    began = time.monotonic()
    assert until(check, LONGEST_SECONDS)
    return time.monotonic() - began
