"""What people do in the scenario: a lawful release, up to the page that shows it, and an access that awaits a second.

Each speaks with their own token and through their own agency, as they would with `lantern enquiry` and `location`.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Any, TypeVar

import httpx
from rich.progress import Progress

from services.cli import client
from services.cli.enquiry.documents import Claim, Document, Enquiry, claim, rung
from services.cli.enquiry.telling import Details, Speaker, telling
from services.cli.location import approval
from services.cli.publish import Sender, submitted
from services.cli.sending import plan_of
from services.core.codes import OrganisationKind, Purpose, Sector
from services.core.errors import LanternError
from services.runtime.local.waiting import until

T = TypeVar("T")

REFERENCE = "ENQ-7002"
ASKS, OPENS, SEARCHES = "social-worker", "manager", "police-duty-officer"
COMPARES, APPROVE = "social-worker-3", ("manager-2", "social-worker-2")
CHECK = (ASKS, "police-officer", "port-officer")
"""Who does what: nobody does two things that the gate wants from different people."""

_PATIENCE_SECONDS = 60.0
_LOOKED_AFTER = timedelta(days=7)
PLACED = Path(__file__).parent / "scenario" / "11-local-authority-boy.json"
_COUNCIL = Sender(Sector.LOCAL_AUTHORITY, "INVENTED-COUNCIL", OrganisationKind.LOCAL_AUTHORITY)
_INTERVIEWED = {"interpreter": "independent_and_checked", "apart_from_child": "yes", "completed": "yes"}
_IDENTITY = {"finding": "established", "evidence": ["passport", "home_office_records"]}
_CLEAR = {"result": "clear"}
_RELATED = {
    "finding": "established",
    "evidence": ["accounts_compared", "dna"],
    "areas_matching": ["family_composition"],
}
_SAFE = {
    "decision": "release",
    "keeps_child_safe": "yes",
    "exercises_responsibility": "yes",
    "contact_consistent_with_welfare": "yes",
}
_AUNT = Details(
    location={"enquirer_name": "Senait Haile Tesfay", "enquirer_telephone": "01632 960002"},
    narrative="She has come from abroad to look for her brother's son.",
)


class StoryFailed(LanternError):
    """What a person of the scenario said or asked was not taken: the hub or the scenario has a fault."""


@dataclass(frozen=True, slots=True)
class Story:
    """The numbers of the two decisions; `release` is for OPENS to open, `access` for SEARCHES."""

    release: str
    access: str


def told_in(data: Path) -> Story | None:
    """The story that was told to the edition in `data`, if one was."""
    try:
        return Story(**json.loads(_path(data).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def tell_story(data: Path, girl: str, now: datetime) -> Story:
    """Let people release a boy's location to his aunt, and an officer ask for that of the girl of this record.

    The boy is placed a week before `now`: a gate relies on no day that is still to come, whatever this machine's is.

    Raises:
        StoryFailed: something was not taken.
        Unavailable: the hub does not answer.
    """
    edition = client.read_edition(data)
    people = _People(edition)
    aunt = people.aunt(asyncio.run(people.place((now - _LOOKED_AFTER).date())))
    asyncio.run(people.find_out(aunt))
    told = Story(people.release(aunt), people.ask(SEARCHES, girl, Purpose.SEARCH_FOR_CHILD)["decision_id"])
    _path(data).write_text(json.dumps(asdict(told)), encoding="utf-8")
    return told


def approach(boy: str) -> Document:
    """His aunt asks for the boy at the counter."""
    fact = {"connection": "aunt_or_uncle", "channel": "counter", "asked": ["location", "contact"]}
    return claim(Claim(REFERENCE, fact, subject_id=boy), telling(None, _AUNT))


def findings(aunt: Enquiry) -> Mapping[str, Sequence[Document]]:
    """What is found out about her, by who says it."""
    cleared = {name: [_rung("AgencyCheckReturned", aunt, _CLEAR)] for name in CHECK}
    asked = [_rung("EnquirerInterviewed", aunt, _INTERVIEWED), _rung("IdentityChecked", aunt, _IDENTITY)]
    return {**cleared, ASKS: asked + cleared[ASKS], COMPARES: [_rung("RelationshipChecked", aunt, _RELATED)]}


def assessment(aunt: Enquiry) -> Document:
    """What all of it comes to."""
    return _rung("RiskAssessed", aunt, _SAFE)


class _People:
    """The scenario's people at their terminals."""

    def __init__(self, edition: client.Edition) -> None:
        from services.cli.signing_in import obtain_all  # noqa: PLC0415 - a web server and an OAuth client

        signed_in = obtain_all(edition, {ASKS, OPENS, SEARCHES, COMPARES, *APPROVE, *CHECK})
        self._edition = edition
        self._speakers = {name: Speaker(one.token, one.claims) for name, one in signed_in.items()}

    async def place(self, day: date) -> str:
        """The council's own system says that it looks after a boy, where, since when, and whose case he is.

        Gives his record.
        """
        text = Template(PLACED.read_text(encoding="utf-8")).substitute(day=day.isoformat())
        [boy] = await self._sent(_COUNCIL, text)
        return boy

    def aunt(self, boy: str) -> Enquiry:
        """An adult asks for the boy at the counter; gives her as the hub names her."""
        asyncio.run(self._say(ASKS, approach(boy)))

        def shown() -> str | None:
            listed = self._asked("casefeed", ASKS, "/api/enquiries")["enquiries"]
            names = (one["enquirer"] for one in listed for seen in one["approaches"] if seen["subject_id"] == boy)
            return next(names, None)

        return Enquiry(_soon(shown), boy)

    async def find_out(self, aunt: Enquiry) -> None:
        """Every rung of the ladder; the assessment after what it weighs."""
        await asyncio.gather(*(self._say(name, *documents) for name, documents in findings(aunt).items()))
        await self._say(COMPARES, assessment(aunt))

    def release(self, aunt: Enquiry) -> str:
        """The boy's manager asks, and two others approve; gives the decision's number."""
        asked = self.ask(OPENS, aunt.subject_id, Purpose.RELEASE_TO_ENQUIRER, aunt.enquirer)
        number: str = asked["decision_id"]
        for name in APPROVE:

            def assessed(name: str = name) -> Mapping[str, Any] | None:
                shown = self._asked("vault", name, f"/api/decisions/{number}")
                return shown if shown["assessment"] else None

            asyncio.run(self._say(name, approval(_soon(assessed), self._speakers[name])))
        return number

    def ask(self, name: str, subject: str, purpose: Purpose, enquirer: str | None = None) -> Mapping[str, Any]:
        wish = {"subject": subject, "purpose": purpose.value, "enquirer": enquirer}
        with self._client("vault", name) as vault:
            found: Mapping[str, Any] = client.answer(vault.post("/api/decisions", json=wish))
        return found

    def _asked(self, service: str, name: str, path: str) -> Mapping[str, Any]:
        with self._client(service, name) as asked:
            found: Mapping[str, Any] = client.answer(asked.get(path))
        return found

    def _client(self, service: str, name: str) -> AbstractContextManager[httpx.Client]:
        return client.asking(client.settings_with(self._edition, service, self._speakers[name].token), service)

    async def _say(self, name: str, *documents: Document) -> None:
        """Say these through the agency of the one who says them, and wait until they stand on their timeline."""
        await self._sent(self._speakers[name].sender, json.dumps(documents))

    async def _sent(self, sender: Sender, text: str) -> Sequence[str]:
        """Send this; gives the records of which it speaks."""
        planned = plan_of(sender.agency, "scenario", text.encode())
        with Progress(disable=True) as silent:
            summary = await submitted(sender, planned, self._edition, _PATIENCE_SECONDS, wait=True, progress=silent)
        if summary.refused or summary.unanswered or summary.held_back:
            raise StoryFailed
        return summary.subjects


def _soon(look: Callable[[], T | None]) -> T:
    """What is there, as soon as it is: a service may not have read yet what was just said.

    Raises:
        StoryFailed: it does not come.
    """
    found: list[T] = []

    def is_there() -> bool:
        found.extend(one for one in [look()] if one is not None)
        return bool(found)

    if not until(is_there, _PATIENCE_SECONDS):
        raise StoryFailed
    return found[0]


def _rung(event: str, aunt: Enquiry, fact: Mapping[str, Any]) -> Document:
    return rung(event, aunt, fact, telling(None, Details()))


def _path(data: Path) -> Path:
    return data / "story.json"
