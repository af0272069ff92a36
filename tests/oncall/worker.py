"""A worker of the engine as a process of its own, which is killed at the moment that its arguments name.

Its channel is a file: a line a page that left, on disk before it is called sent.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.core.oncall.pages import Page, Sent
from services.oncall.engine import Engine, Light
from services.oncall.happening import Chronicle
from services.runtime.audit import Trail
from services.runtime.database import Database, Session
from services.runtime.health import Health
from services.runtime.metrics import Metrics
from services.wire.avro import load_schemas
from tests.conftest import HOME
from tests.oncall.fakes import FixedRota

NEVER = -1


@dataclass
class FileChannel:
    """Kills its process before or after the page numbered `dies_at` has left."""

    path: Path
    dies_at: int
    before: bool
    sent: int = field(default=0)

    async def send(self, _: Page, key: str) -> Sent:
        if self.before:
            self._die()
        with self.path.open("a") as file:
            file.write(f"{key}\n")
            file.flush()
            os.fsync(file.fileno())
        if not self.before:
            self._die()
        self.sent += 1
        return Sent()

    def _die(self) -> None:
        if self.sent == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(conninfo: str, path: str, at: str, dies_at: str, when: str) -> None:
    """Look until nothing is left to do at the time `at`."""
    metrics, now = Metrics(), datetime.fromisoformat(at)
    session = Session(Database(conninfo, "oncall"), Health(metrics))
    channel = FileChannel(Path(path), int(dies_at), when == "before")
    light = Light(Health(metrics), metrics)
    chronicle = Chronicle(load_schemas(HOME), Trail(session.where))
    engine = Engine(session, FixedRota(), channel, chronicle, light, lambda: now)
    while await engine.look():
        pass
    await session.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
