"""The health bodies' stream processor: settings -> topics -> decode -> decide -> publish -> answer."""

from services.core.codes import Sector
from services.health.handlers import decide
from services.runtime.process import Process, run
from services.runtime.processor import process_intake


async def main(process: Process) -> None:
    await process_intake(process, Sector.HEALTH, decide)


if __name__ == "__main__":
    run(main)
