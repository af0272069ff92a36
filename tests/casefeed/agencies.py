"""The agencies' processors, written by hand, as the case feed reaches them: what was sent to them, and what it says."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from services.casefeed.deciding import Agencies
from services.core.codes import Sector
from services.core.errors import Unavailable
from services.core.rights import Person
from services.runtime.kafka import Message
from services.runtime.week_keys import Places, rotate
from services.wire import submissions, topics
from services.wire.avro import Schemas
from services.wire.opening import Opener, load_private_keys

BODY = "BODY-1"


@dataclass
class Listening:
    """With `away` Kafka takes nothing."""

    folder: Path
    schemas: Schemas
    sent: list[Message] = field(default_factory=list)
    away: bool = False

    @property
    def agencies(self) -> Agencies:
        return Agencies(self.folder / "public", self._send)

    async def _send(self, message: Message) -> None:
        if self.away:
            raise Unavailable
        self.sent.append(message)

    def heard(self, agency: Sector = Sector.LOCAL_AUTHORITY) -> list[dict[str, Any]]:
        """The contents of everything that was sent to an agency, as its processor opens them."""
        opener = Opener(*load_private_keys(self.folder / agency.value))
        own = [message.value for message in self.sent if message.topic == topics.spoken(agency.value)]
        records = [self.schemas.decode(frame, {"IntakeRecord"})[1] for frame in own]
        return [
            json.loads(opener.open(submissions.envelope_of(one), submissions.PURPOSE, submissions.reference_of(one)))
            for one in records
        ]

    @contextmanager
    def without_key(self, agency: Sector = Sector.LOCAL_AUTHORITY) -> Iterator[None]:
        """While it lasts, this agency publishes no key."""
        public, kept = self.folder / "public" / agency.value, self.folder / "kept"
        public.rename(kept)
        try:
            yield
        finally:
            kept.rename(public)


@contextmanager
def listening(schemas: Schemas) -> Iterator[Listening]:
    """All four, each with a key of this week."""
    with TemporaryDirectory() as folder:
        for sector in Sector:
            own = Path(folder) / sector.value
            own.mkdir()
            rotate(Places(sector.value, own, Path(folder) / "public"), datetime.now(UTC))
        yield Listening(Path(folder), schemas)


def token_of(person: Person) -> str:
    """As much of a person's identity token as the case feed reads of it; whoever is told verifies the rest."""
    claims = {"lantern_organisation": BODY, "lantern_organisation_kind": person.kind.value}
    return f"head.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.signature"
