"""A whole hub in one process, of the services' own pure parts: what four agencies send goes all the way to views.

No broker, no database and no clock: the same files give the same outputs, but for ids and ciphertexts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from io import StringIO
from pathlib import Path

from nacl.public import PrivateKey as NaclPrivateKey
from prometheus_client import generate_latest
from rich.console import Console

from services.casefeed import handlers as casefeed
from services.casefeed.feed import encode
from services.casefeed.views import CaseView, FeedEntry, case_view
from services.cli.casepage import case_page
from services.core.claims import Subject
from services.core.codes import Sector
from services.core.ids import CaseId, SubjectId
from services.core.sharing import EdgeKeys, Outcome
from services.core.statements import Opened
from services.core.timeline import Entry
from services.correlator.decoding import Decoder, make_decoder
from services.correlator.telling import messages as told
from services.formats.catalogue import cut_files, read
from services.health.handlers import decide as of_health
from services.local_authority.handlers import decide as of_local_authorities
from services.police.handlers import decide as of_police
from services.runtime.intake import Answers, Decide, Intake, Keys
from services.runtime.kafka import Message
from services.runtime.metrics import Metrics
from services.runtime.processor import count
from services.runtime.streams import Received
from services.runtime.witness import Witness
from services.ukba.handlers import decide as of_ukba
from services.vault.keys import DigestKey, KeyEncryptionKey
from services.vault.opening import Reader
from services.vault.store import binding
from services.wire import topics
from services.wire.avro import Schemas
from services.wire.entries import entry_of
from services.wire.opening import Opener, PrivateKey
from services.wire.records import value_of
from services.wire.seal import BatchSealer, PublicKey
from services.wire.signing import Signer
from services.wire.submissions import Content, Submission, to_record
from tests.builders import an_id, day
from tests.conftest import HOME
from tests.correlator.memory import Memory
from tests.formats.documents import SIGNED_IN
from tests.leaks.planting import File
from tests.leaks.processes import Sink

NOW = day(400)
PEOPLE_KEY = bytes(range(64, 96))
DECIDE: dict[Sector, Decide] = {
    Sector.POLICE: of_police,
    Sector.UKBA: of_ukba,
    Sector.LOCAL_AUTHORITY: of_local_authorities,
    Sector.HEALTH: of_health,
}


@dataclass(frozen=True)
class Delivered:
    """A message as the correlator is handed it."""

    topic: str
    offset: int
    timestamp: int
    value: bytes


def _event_of(opened: Opened) -> str:
    """What a record says first; some of it is heard only from somebody who is signed in."""
    match opened.record:
        case {"documents": [{"document": {"event": str(event)}}, *_]}:
            return event
        case _:
            return ""


@cache
def decoder() -> Decoder:
    """The correlator's reader of shared topics."""
    return make_decoder(HOME)


def pair(name: str, secret: int) -> PrivateKey:
    return PrivateKey(name, bytes([secret]) * 32)


def public(private: PrivateKey) -> PublicKey:
    return PublicKey(private.key_id, bytes(NaclPrivateKey(private.key).public_key))


@dataclass
class Hub:
    """Everything that the hub was told, and everything that came of it."""

    schemas: Schemas
    edge_key: bytes = bytes(range(32))
    key: int = 1
    taken_in: list[Message] = field(default_factory=list)
    answers: list[Answers] = field(default_factory=list)
    updates: list[bytes] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    metrics: Metrics = field(default_factory=Metrics)
    read: list[tuple[Sector, Opened, Outcome]] = field(default_factory=list)

    @property
    def vault(self) -> PrivateKey:
        return pair("vault-2026W01", self.key)

    def own(self, agency: Sector) -> PrivateKey:
        return pair(f"{agency.value}-2026W01", self.key + 1 + list(Sector).index(agency))

    def intake(self, agency: Sector) -> Intake:
        own = self.own(agency)
        edge, signer = EdgeKeys(self.edge_key, PEOPLE_KEY), Signer(bytes([self.key]) * 32)
        keys = Keys(Opener(own), edge, signer, public(own), public(self.vault))
        # No identity provider is set up here: whom a record needs to be said by, is given with it.
        nobody_trusted = Witness(agency, None, Path("provider.jwks"))
        return Intake(agency, self.schemas, keys, nobody_trusted, lambda *said: self._decide(agency, *said))

    def _decide(self, agency: Sector, opened: Opened, keys: EdgeKeys, now: datetime) -> Outcome:
        opened = replace(opened, author=SIGNED_IN.get(_event_of(opened)))
        outcome = DECIDE[agency](opened, keys, now)
        self.read.append((agency, opened, outcome))
        return outcome

    def texts(self) -> Iterator[str]:
        """What an error or a log line would say of what was read, if it repeated it."""
        for agency, opened, outcome in self.read:
            yield from (repr(opened), repr(read(agency, opened)), repr(outcome))

    def publish(self, *files: File) -> Answers:
        """Take in the files of one organisation, as `lantern publish` sends them."""
        first = files[0]
        records = [
            (part.cut.format, record)
            for part in cut_files(first.agency, [file.content for file in files])
            for record in part.cut.records
        ]
        submission = Submission(an_id(len(self.taken_in) + 1), len(records), NOW)
        sealer = BatchSealer(public(self.own(first.agency)))
        contents = [Content(form, first.organisation, first.kind, record) for form, record in records]
        frames = [
            self.schemas.encode("IntakeRecord", to_record(submission, number, content, sealer))
            for number, content in enumerate(contents)
        ]
        key = submission.submission_id.encode()
        return self.take(first.agency, [Message(topics.intake(first.agency.value), key, frame) for frame in frames])

    def take(self, agency: Sector, messages: Sequence[Message]) -> Answers:
        """Answer a batch of intake, correlate what was said, and tell it on."""
        self.taken_in += messages
        received = [Received(one.topic, 0, number, NOW, one.key, one.value) for number, one in enumerate(messages)]
        answers = self.intake(agency).answers(received)
        self.answers.append(answers)
        count(answers, self.metrics)
        self._correlate(answers.said)
        return answers

    def _correlate(self, said: Iterable[Message]) -> None:
        stamp = int(NOW.timestamp() * 1000)
        shared = [Delivered(one.topic, 0, stamp, one.value) for one in said if one.topic in topics.SHARED]
        heard = decoder().decode(shared)
        assert all(one.said for one in heard), [one.unreadable for one in heard]
        outcome = self.memory.take([one.said for one in heard if one.said])
        self.updates += [one.value for one in told(self.schemas, outcome.cases, len(self.answers))]

    @property
    def messages(self) -> list[Message]:
        """Everything that any processor published."""
        return [message for answers in self.answers for message in (*answers.said, *answers.replies)]

    def views(self) -> Iterator[CaseView]:
        """Every case as the case feed shows it."""
        merged = casefeed.merged(casefeed.read(self.schemas, update) for update in self.updates)
        for case in sorted(set(self.memory.cases.values())):
            subjects = {subject for subject, held in self.memory.cases.items() if held == case}
            said = [self._claimed(entry) for entry in merged.entries if entry.subject_id in subjects]
            yield case_view(CaseId(case), map(SubjectId, subjects), said, None)

    def _claimed(self, entry: casefeed.NewEntry) -> tuple[Entry, Subject]:
        name, event = self.schemas.decode(entry.frame)
        return entry_of(name, event, entry.known_at), value_of(Subject, event["subject"])

    def sinks(self) -> Iterator[Sink]:
        """Everything that leaves a process or is kept by one."""
        for message in (*self.taken_in, *self.messages):
            headers = b"\n".join(f"{name}=".encode() + value for name, value in message.headers)
            yield f"topic {message.topic}", b"\n".join((message.key, message.value, headers))
        yield from (("topic case-updates.v1", update) for update in self.updates)
        yield from (("what an error or a log could repeat", text.encode()) for text in self.texts())
        yield "metrics", generate_latest(self.metrics.registry)
        yield from (("the vault's tables", row) for row in self.vault_rows())
        yield from (("the feed", line) for line in self.feed())
        for view in self.views():
            yield "/api/cases/{id}", view.model_dump_json().encode()
            yield "lantern case", page(view)

    def feed(self) -> Iterator[bytes]:
        """The live feed as it is sent."""
        merged = casefeed.merged(casefeed.read(self.schemas, update) for update in self.updates)
        for number, one in enumerate(merged.entries, 1):
            entry = FeedEntry.model_validate({name: getattr(one, name) for name in FeedEntry.model_fields})
            yield encode(number, entry.model_dump_json())

    def vault_rows(self) -> Iterator[bytes]:
        """What the vault's tables hold."""
        reader = Reader(self.schemas, Opener(self.vault), DigestKey(bytes(32)))
        kek = KeyEncryptionKey(bytes([self.key]) * 32)
        for message in self.messages:
            if message.topic == topics.SEALED_FACTS:
                arrival = reader.read(message.value)
                locked = kek.lock(arrival.plaintext, *binding(arrival))
                yield b"".join((repr(arrival).encode(), locked.wrapped_key, locked.ciphertext))


def page(view: CaseView) -> bytes:
    """What `lantern case` prints."""
    out = StringIO()
    Console(file=out, width=1_000).print(case_page(view.model_dump(mode="json")))
    return out.getvalue().encode()
