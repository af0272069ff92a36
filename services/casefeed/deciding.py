"""What a person decides about two records on the page: recorded, and then said by their own agency, sealed to it."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.casefeed.links import LinkDetail
from services.casefeed.routes.answering import Window, answer
from services.core.audit import Action, Entry, Kind, Outcome, about
from services.core.codes import LinkGround
from services.core.matching.components import Verdict
from services.core.matching.groups import Pair
from services.formats.canonical.link_documents import link_document
from services.runtime.kafka import Message
from services.runtime.signin.doorkeeper import SignedIn, by
from services.runtime.speaking import Speaker, spoken
from services.wire import topics

Send = Callable[[Message], Awaitable[None]]
"""Returns when Kafka has acknowledged a message; raises Unavailable if it does not."""


@dataclass(frozen=True, slots=True)
class Agencies:
    """How the agencies' processors are reached."""

    public_keys: Path
    send: Send


@dataclass(frozen=True, slots=True)
class Said:
    """What a person decides about two records, and why; what they tell besides is only ever sealed.

    `shown`: the mark of what they had before them.
    """

    pair: Pair
    verdict: Verdict
    ground: LinkGround
    narrative: str = field(default="", repr=False)
    shown: str = ""


def shown(detail: LinkDetail) -> str:
    """A mark of all that somebody who decides has before them: both cases, what is claimed, what each way changes."""
    said = detail.model_dump(mode="json", include={"link", "sides", "consequences"})
    for side in said["sides"]:
        side["claims"] = sorted(map(json.dumps, side["claims"]))  # the tables give them in no order of their own
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


class Deciding:
    """Lets a person's own agency say what they decide."""

    def __init__(self, window: Window, agencies: Agencies) -> None:
        self._window = window
        self._agencies = agencies

    async def say(self, said: Said, who: SignedIn, now: datetime) -> None:
        """Record that they decide so, and return when Kafka has it; what cannot be recorded is not said.

        Raises:
            NoCurrentKey: their agency publishes no key that may be used now, and nothing was said.
            Unavailable: Kafka did not acknowledge it; it may stand there all the same.
            HTTPException: it could not be recorded, and nothing was said.
        """
        window, agencies = self._window, self._agencies
        document = link_document(said.verdict, said.pair, said.ground, now, said.narrative)
        speaker = Speaker(who.person.sector, who.token)
        sealed = spoken(document, speaker, now, topics.spoken, window.schemas, agencies.public_keys)
        told = by(who.person, _entry(said.pair, Outcome.ALLOWED, said.verdict, said.ground))
        await answer(window.session, lambda connection: window.trail.append(connection, told))
        await agencies.send(sealed)

    def refused(self, pair: Pair, who: SignedIn, why: str) -> None:
        """Record that somebody's decision was not taken, and why."""
        self._window.trail.note(by(who.person, _entry(pair, Outcome.DENIED, why)))


def _entry(pair: Pair, outcome: Outcome, *reasons: str) -> Entry:
    return Entry(
        Action.LINK_DECIDED, outcome, about=tuple(about(Kind.RECORD, record) for record in pair), reasons=reasons
    )
