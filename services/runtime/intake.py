"""A processor's intake: each record is opened and decided on, and becomes what is said to others and to its agency."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.core.codes import OrganisationKind, Sector
from services.core.errors import BadData, BrokenRule, Misconfigured, Unreadable, UnreadableBytes
from services.core.events import Event
from services.core.facts import ChildFound, Fact, ReportWithdrawn
from services.core.ids import MalformedId, well_formed
from services.core.sharing import Decision, EdgeKeys, Outcome
from services.core.spoken import SAID_TO_THE_CASE_FEED, SAID_TO_THE_VAULT, only_spoken
from services.core.statements import NOBODY_SHOWN, Opened, Problem, ProblemReason
from services.runtime.kafka import Message
from services.runtime.replies import Source, quarantined, receipt
from services.runtime.settings import KeySettings
from services.runtime.streams import Received
from services.runtime.witness import Witness
from services.wire import sealed_facts, submissions, topics
from services.wire.avro import Record, Schemas
from services.wire.envelope import headers
from services.wire.identity import TokenRefused
from services.wire.opening import Opener, load_private_keys
from services.wire.records import to_record
from services.wire.seal import BatchSealer, PublicKey, public_key_of
from services.wire.signing import Signer, load_signer

VAULT = "vault"
EDGE_KEY = "edge.key"
PEOPLE_KEY = "people.key"
_KEY_BYTES = 32
# A record that nobody could read may have been the report of a missing child.
UNREADABLE = Outcome(
    Decision.REFUSED,
    problems=(Problem("unreadable", None, None, ProblemReason.UNREADABLE_RECORD, missing_report=True),),
)

Decide = Callable[[Opened, EdgeKeys, datetime], Outcome]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Keys:
    """What a processor opens, names, signs and seals with."""

    opener: Opener
    edge: EdgeKeys
    signer: Signer
    own: PublicKey
    vault: PublicKey


@dataclass(frozen=True, slots=True)
class Answers:
    """What a batch leads to: `said` to others first, `replies` to the agency once that is acknowledged, and counts."""

    said: tuple[Message, ...]
    replies: tuple[Message, ...]
    held_back: int
    refused: Counter[str]
    tokens_refused: Counter[str]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one record leads to."""

    outcome: Outcome
    said: tuple[Message, ...]
    replies: tuple[Message, ...]
    token_refused: str | None = None


@dataclass(frozen=True, slots=True)
class _Sealers:
    """Those who may open what a batch seals."""

    to_vault: BatchSealer
    to_agency: BatchSealer


class _Content(BaseModel):
    """What stands inside an envelope: `services.wire.submissions.Content`, not yet to be trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    format: str = Field(max_length=40)
    organisation: str = Field(min_length=1, max_length=submissions.MAX_ORGANISATION)
    organisation_kind: OrganisationKind
    record: dict[str, object]
    token: str | None = Field(None, repr=False)


def pages_of(agency: Sector) -> dict[str, frozenset[type[Fact]]]:
    """The topics on which people of an agency are heard from pages of the hub, and what is heard on each."""
    return {
        topics.spoken(agency.value): SAID_TO_THE_CASE_FEED,
        topics.disclosed(agency.value): SAID_TO_THE_VAULT,
    }


class Intake:
    """One agency's intake; `decide` is that agency's own."""

    def __init__(self, agency: Sector, schemas: Schemas, keys: Keys, witness: Witness, decide: Decide) -> None:
        self._agency = agency
        self._schemas = schemas
        self._keys = keys
        self._witness = witness
        self._decide = decide
        self._pages = pages_of(agency)

    def answers(self, batch: Sequence[Received]) -> Answers:
        """Answer every record of a batch; what cannot be read is refused and kept in quarantine, never passed over."""
        sealers = _Sealers(BatchSealer(self._keys.vault), BatchSealer(self._keys.own))
        answers = [self._answer(received, sealers) for received in batch]
        outcomes = [answer.outcome for answer in answers]
        return Answers(
            said=tuple(message for answer in answers for message in answer.said),
            replies=tuple(message for answer in answers for message in answer.replies),
            held_back=sum(outcome.decision is Decision.HELD_BACK for outcome in outcomes),
            refused=_refusals(outcomes),
            tokens_refused=Counter(answer.token_refused for answer in answers if answer.token_refused),
        )

    def _answer(self, received: Received, sealers: _Sealers) -> _Answer:
        source = self._unknown_source(received)
        try:
            _, record = self._schemas.decode(received.value, {"IntakeRecord"})
            source = self._source_of(record)
            opened, token_refused = self._opened(record, received.at)
            outcome = self._decide(opened, self._keys.edge, received.at)
            if (heard := self._pages.get(received.topic)) is not None:
                outcome = only_spoken(outcome, opened.author, heard)
            said = tuple(self._said(outcome, sealers.to_vault))
            return _Answer(outcome, said, self._replies(source, outcome, received, sealers), token_refused)
        except BadData:
            return _Answer(UNREADABLE, (), self._replies(source, UNREADABLE, received, sealers))
        except BrokenRule as error:
            log.exception("A record broke a rule of ours; it is in quarantine.", exc_info=error)
            return _Answer(UNREADABLE, (), self._replies(source, UNREADABLE, received, sealers))

    def _replies(self, source: Source, outcome: Outcome, received: Received, sealers: _Sealers) -> tuple[Message, ...]:
        told = receipt(source, outcome, self._schemas)
        if not outcome.quarantine:
            return (told,)
        return told, quarantined(source, outcome, received, self._schemas, sealers.to_agency)

    def _opened(self, record: Record, now: datetime) -> tuple[Opened, str | None]:
        """What came out of the envelope, said by whoever its token shows; and why the token was refused, if it was."""
        envelope = submissions.envelope_of(record)
        plaintext = self._keys.opener.open(envelope, submissions.PURPOSE, submissions.reference_of(record))
        said = _content(plaintext)
        opened = Opened(said.format, said.organisation, said.organisation_kind, record["submitted_at"], said.record)
        if said.token is None:
            return opened, None
        try:
            who = self._witness.shown(said.token, now)
        except TokenRefused as refused:
            # Not refused as a whole: a missing report may be in it, and is heard from anybody.
            return replace(opened, author=NOBODY_SHOWN), refused.reason.value
        return replace(opened, organisation=who.organisation, organisation_kind=who.kind, author=who.author), None

    def _said(self, outcome: Outcome, sealer: BatchSealer) -> Iterator[Message]:
        for fact in outcome.sealed_facts:
            sealed = self._schemas.encode("SealedFact", sealed_facts.to_record(fact, sealer))
            yield Message(topics.SEALED_FACTS, fact.subject_id.encode(), sealed)
        # What ends stands before what it ends: an episode that is over pages nobody.
        for event in sorted(outcome.events, key=lambda event: not isinstance(event.fact, ChildFound | ReportWithdrawn)):
            yield self._event(event)

    def _event(self, event: Event) -> Message:
        head = event.head
        value = self._schemas.encode(event.type, to_record(event))
        topic, key = topics.topic_of(event.type), head.subject_id.encode()
        about = headers(head.event_id, event.type, head.sector, head.recorded_at)
        return Message(topic, key, value, about + self._keys.signer.headers(topic, key, value))

    def _source_of(self, record: Record) -> Source:
        try:
            submission_id = well_formed(record["submission_id"])
        except MalformedId:
            raise UnreadableBytes(Unreadable.UNKNOWN_VALUE) from None
        return Source(self._agency, submission_id, record["source_seq"], record["record_count"])

    def _unknown_source(self, received: Received) -> Source:
        """Whom to answer when the record does not say it: its key is its submission's id, if it looks like one."""
        try:
            return Source(self._agency, well_formed((received.key or b"").decode("ascii")), -1, 0)
        except (MalformedId, UnicodeDecodeError):
            return Source(self._agency, submissions.NO_SUBMISSION, -1, 0)


def load_keys(agency: Sector, settings: KeySettings, now: datetime) -> Keys:
    """Read the keys of an agency's processor; the public ones are those to seal with now.

    Raises:
        Misconfigured: one is missing or has another shape.
        NoCurrentKey: the vault has published none that may be used now.
    """
    return Keys(
        Opener(*load_private_keys(settings.keys)),
        EdgeKeys(_secret(settings.keys / EDGE_KEY), _secret(settings.keys / PEOPLE_KEY)),
        load_signer(settings.keys),
        public_key_of(settings.public_keys, agency.value, now),
        public_key_of(settings.public_keys, VAULT, now),
    )


def _secret(path: Path) -> bytes:
    try:
        key = path.read_bytes()
    except OSError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise Misconfigured(f"{path.name} is missing or is not {_KEY_BYTES} bytes: nobody could be named.")
    return key


def _content(plaintext: bytes) -> _Content:
    if len(plaintext) > submissions.MAX_CONTENT_BYTES:
        raise UnreadableBytes(Unreadable.TOO_LARGE)
    try:
        return _Content.model_validate(orjson.loads(plaintext))
    except (orjson.JSONDecodeError, ValidationError):
        raise UnreadableBytes(Unreadable.MALFORMED) from None


def _refusals(outcomes: Iterable[Outcome]) -> Counter[str]:
    """Records by reason; a record counts once for each of its reasons."""
    return Counter(reason for outcome in outcomes for reason in {problem.reason.value for problem in outcome.problems})
