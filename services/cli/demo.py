"""The scenario: invented children, sent through the same connectors as an agency's own files."""

import asyncio
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.progress import Progress

from services.cli import client
from services.cli.oncall.scenario import arrange, reach
from services.cli.publish import USUAL_KIND, Sender, published
from services.cli.story import tell_story
from services.core.codes import Sector
from services.core.errors import LanternError

SCENARIO = Path(__file__).parent / "scenario"
_PATIENCE_SECONDS = 60.0


class ScenarioFailed(LanternError):
    """A file of the scenario was not taken as it is: the hub or the scenario has a fault."""


@dataclass(frozen=True, slots=True)
class Step:
    """One file, and who sends it."""

    file: str
    sector: Sector
    organisation: str


STEPS = (
    Step("01-ukba-port.json", Sector.UKBA, "INVENTED-PORT"),
    Step("02-local-authority-placement.json", Sector.LOCAL_AUTHORITY, "INVENTED-COUNCIL"),
    Step("03-health-emergency-department.json", Sector.HEALTH, "INVENTED-HOSPITAL"),
    Step("04-police-coming-to-notice.json", Sector.POLICE, "INVENTED-FORCE"),
    Step("05-police-another-girl.json", Sector.POLICE, "INVENTED-FORCE"),
    Step("06-ukba-screening.json", Sector.UKBA, "INVENTED-SCREENING-UNIT"),
    Step("07-health-walk-in.json", Sector.HEALTH, "INVENTED-WALK-IN-CENTRE"),
    Step("08-health-lookalike.json", Sector.HEALTH, "INVENTED-HOSPITAL"),
    Step("09-local-authority-missing.json", Sector.LOCAL_AUTHORITY, "INVENTED-COUNCIL"),
    Step("10-local-authority-uncle.json", Sector.LOCAL_AUTHORITY, "INVENTED-COUNCIL"),
)
_GIRL = "09-local-authority-missing.json"


def play(data: Path, now: datetime) -> None:
    """Put people on duty and send the scenario to the edition in `data`, once: what was done before is not done again.

    Raises:
        ScenarioFailed, StoryFailed: a record was refused or held back.
        Unavailable: the hub does not answer; what was sent stays, and playing again sends the rest.
    """
    arrange(data)
    played = data / "scenario.json"
    if played.exists():
        return
    edition, subjects = client.read_edition(data), dict[str, list[str]]()
    reach(edition)
    for step in STEPS:
        subjects[step.file] = _send(step, edition)
    tell_story(data, subjects[_GIRL][0], now)
    played.write_text(json.dumps(subjects, indent=2), encoding="utf-8")


def _send(step: Step, edition: client.Edition) -> list[str]:
    sender = Sender(step.sector, step.organisation, USUAL_KIND[step.sector])
    files = [SCENARIO / step.file]
    with Progress(disable=True) as silent:
        summary = asyncio.run(published(sender, files, edition, _PATIENCE_SECONDS, wait=True, progress=silent))
    if summary.unanswered or summary.refused or summary.held_back:
        raise ScenarioFailed(f"The file {step.file} of the scenario was not taken as it is: the hub or it has a fault.")
    return list(summary.subjects)
