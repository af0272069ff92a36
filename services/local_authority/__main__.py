"""The local authorities' stream processor: settings -> topics -> decode -> decide -> publish -> answer."""

from services.core.codes import Sector
from services.local_authority.handlers import decide
from services.runtime.process import Process, run
from services.runtime.processor import process_intake


async def main(process: Process) -> None:
    await process_intake(process, Sector.LOCAL_AUTHORITY, decide)


if __name__ == "__main__":
    run(main)
