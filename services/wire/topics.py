"""The only place where a topic's name is spelled in code; what each topic is stands in topics/<name>.yaml."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from services.core.codes import Sector
from services.core.errors import Misconfigured
from services.wire.avro import NAMESPACE

REFERRALS = "referrals.v1"
MISSING_CHILDREN = "missing-children.v1"
KINSHIP_CLAIMS = "kinship-claims.v1"
SAFEGUARDING = "safeguarding.v1"
CONTACTS = "contacts.v1"
CASE_LINKS = "case-links.v1"
SEALED_FACTS = "sealed-facts.v1"
QUARANTINE = "quarantine.v1"
CASE_UPDATES = "case-updates.v1"
PATTERNS = "patterns.v1"
VAULT_DECISIONS = "vault-decisions.v1"
LINK_CANDIDATES = "link-candidates.v1"
MATCHING_WEIGHTS = "matching-weights.v1"
ALERTS = "alerts.v1"
AUDIT_CHECKPOINTS = "audit-checkpoints.v1"

SHARED = (REFERRALS, MISSING_CHILDREN, KINSHIP_CLAIMS, SAFEGUARDING, CONTACTS, CASE_LINKS)

_TOPIC_OF = {
    "ReferralMade": REFERRALS,
    "ReferralDecided": REFERRALS,
    "ChildMissing": MISSING_CHILDREN,
    "Sighting": MISSING_CHILDREN,
    "ChildFound": MISSING_CHILDREN,
    "DebriefHeld": MISSING_CHILDREN,
    "ReportWithdrawn": MISSING_CHILDREN,
    "KinshipClaimed": KINSHIP_CLAIMS,
    "EnquirerInterviewed": KINSHIP_CLAIMS,
    "IdentityChecked": KINSHIP_CLAIMS,
    "RelationshipChecked": KINSHIP_CLAIMS,
    "AgencyCheckReturned": KINSHIP_CLAIMS,
    "RiskAssessed": KINSHIP_CLAIMS,
    "ReleaseApproved": KINSHIP_CLAIMS,
    "VerificationRevoked": KINSHIP_CLAIMS,
    "LocationDisclosed": KINSHIP_CLAIMS,
    "ParentsContacted": KINSHIP_CLAIMS,
    "ChildLookedAfter": SAFEGUARDING,
    "PlacementStarted": SAFEGUARDING,
    "PlacementEnded": SAFEGUARDING,
    "Section47Started": SAFEGUARDING,
    "Section47Concluded": SAFEGUARDING,
    "PlanAgreed": SAFEGUARDING,
    "InterviewHeld": SAFEGUARDING,
    "PlacementThreatSeen": SAFEGUARDING,
    "ContingencyPlanFiled": SAFEGUARDING,
    "ReturnDecided": SAFEGUARDING,
    "WorkerAllocated": SAFEGUARDING,
    "BorderEncounter": CONTACTS,
    "PoliceContact": CONTACTS,
    "HealthAttendance": CONTACTS,
    "RecordsLinked": CASE_LINKS,
    "RecordsUnlinked": CASE_LINKS,
    "LinkRefused": CASE_LINKS,
}
_RETENTION = re.compile(r"forever|[1-9][0-9]{0,3}d")
_DAY_MS = 24 * 60 * 60 * 1000


class Kind(StrEnum):
    """What a topic is for."""

    SHARED = "shared"
    INTAKE = "intake"
    SEALED = "sealed"
    OUT = "out"
    QUARANTINE = "quarantine"
    PROJECTION = "projection"
    AUDIT = "audit"


class Sensitivity(StrEnum):
    """What a field may tell of a child, the least first."""

    OPEN = "open"
    PERSONAL = "personal"
    NARRATIVE = "narrative"
    LOCATION = "location"


class Timestamp(StrEnum):
    """Who sets a message's time: its writer, or the broker when it appends it."""

    CREATE_TIME = "CreateTime"
    LOG_APPEND_TIME = "LogAppendTime"


class Topic(BaseModel):
    """One topic as its file declares it; `schemas` are full names, writers and readers are principals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str = Field(pattern=r"^[a-z_-]+(\.[a-z_]+)?\.v[0-9]+$")
    description: str = Field(min_length=1)
    kind: Kind
    key: str
    partitions: int = Field(ge=1, le=1000)
    retention: str
    timestamp: Timestamp = Timestamp.CREATE_TIME
    max_message_bytes: int = Field(default=1024 * 1024, ge=1024, le=16 * 1024 * 1024)
    schemas: tuple[str, ...] = Field(min_length=1)
    writers: tuple[str, ...] = Field(min_length=1)
    readers: tuple[str, ...] = Field(min_length=1)
    sensitivity: Sensitivity
    consumer_groups: dict[str, str] = Field(default_factory=dict)

    @field_validator("retention")
    @classmethod
    def _spelt(cls, retention: str) -> str:
        if not _RETENTION.fullmatch(retention):
            raise ValueError("retention is `forever` or a number of days, as in `7d`")
        return retention

    @model_validator(mode="after")
    def _groups_are_of_readers(self) -> Self:
        if not self.consumer_groups.keys() <= set(self.readers):
            raise ValueError("only a reader has a consumer group")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The schemas' names without namespace."""
        return tuple(schema.removeprefix(f"{NAMESPACE}.") for schema in self.schemas)

    @property
    def subjects(self) -> tuple[str, ...]:
        """What a schema registry calls them (TopicRecordNameStrategy)."""
        return tuple(f"{self.topic}-{schema}" for schema in self.schemas)

    @property
    def retention_ms(self) -> int:
        """Milliseconds; -1 is for ever."""
        return -1 if self.retention == "forever" else int(self.retention[:-1]) * _DAY_MS

    def group_of(self, reader: str) -> str:
        """The consumer group that this reader may use: its own name, unless the file says another."""
        return self.consumer_groups.get(reader, reader)


class Acl(NamedTuple):
    """One permission, in Kafka's words; Kafka lets whoever may READ or WRITE something describe it too."""

    principal: str
    resource: str
    name: str
    operation: str
    pattern: str = "LITERAL"
    host: str = "*"
    permission: str = "ALLOW"


def intake(agency: str) -> str:
    """The topic of what this agency sends, sealed to its own processor."""
    return f"intake.{Sector(agency).value}.v1"


def spoken(agency: str) -> str:
    """The topic of what people of this agency say on pages of the case feed, sealed to its processor."""
    return f"spoken.{Sector(agency).value}.v1"


def disclosed(agency: str) -> str:
    """The topic of what people of this agency were shown on the vault's page, sealed to its processor."""
    return f"disclosed.{Sector(agency).value}.v1"


def out(agency: str) -> str:
    """The topic of the answers to this agency."""
    return f"out.{Sector(agency).value}.v1"


def topic_of(event_type: str) -> str:
    """The shared topic of an event type.

    Raises:
        KeyError: there is no such event type.
    """
    return _TOPIC_OF[event_type]


def load_topics(home: Path) -> tuple[Topic, ...]:
    """Every topic that `home`/topics declares, by name.

    Raises:
        Misconfigured: a file does not declare a topic, or another than it is named after.
    """
    return tuple(_load(path) for path in sorted((home / "topics").glob("*.yaml")))


def acls(topics: tuple[Topic, ...]) -> frozenset[Acl]:
    """Every permission that these topics imply, and no other."""
    return frozenset(acl for topic in topics for acl in _acls_of(topic))


def _acls_of(topic: Topic) -> Iterator[Acl]:
    for writer in topic.writers:
        yield Acl(f"User:{writer}", "TOPIC", topic.topic, "WRITE")
    for reader in topic.readers:
        yield Acl(f"User:{reader}", "TOPIC", topic.topic, "READ")
        yield Acl(f"User:{reader}", "GROUP", topic.group_of(reader), "READ")


def _load(path: Path) -> Topic:
    try:
        topic = Topic.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise Misconfigured(f"topics/{path.name} does not declare a topic: {error}") from error
    if path.name != f"{topic.topic}.yaml":
        raise Misconfigured(f"topics/{path.name} declares {topic.topic}: name the file after its topic.")
    return topic
