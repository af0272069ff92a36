"""The police's processor with a fault of ours in it: it fails on every record while a file is there."""

import os
from datetime import datetime
from pathlib import Path

from services.core.codes import Sector
from services.core.sharing import EdgeKeys, Outcome
from services.core.statements import Opened
from services.police.handlers import decide
from services.runtime.process import Process, run
from services.runtime.processor import process_intake


def fail_or_decide(opened: Opened, keys: EdgeKeys, received_at: datetime) -> Outcome:
    """Fail as code of ours may; or decide as the police do."""
    if Path(os.environ["FAULT"]).exists():
        raise ZeroDivisionError
    return decide(opened, keys, received_at)


async def main(process: Process) -> None:
    await process_intake(process, Sector.POLICE, fail_or_decide)


if __name__ == "__main__":
    run(main)
