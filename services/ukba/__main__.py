"""UKBA's stream processor: settings -> topics -> decode -> decide -> publish -> answer."""

from services.core.codes import Sector
from services.runtime.process import Process, run
from services.runtime.processor import process_intake
from services.ukba.handlers import decide


async def main(process: Process) -> None:
    await process_intake(process, Sector.UKBA, decide)


if __name__ == "__main__":
    run(main)
