"""The shape of a canonical document: one pydantic model an event type, made from the core's own declarations."""

from dataclasses import MISSING, fields
from dataclasses import Field as DataclassField
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Self, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from services.core.codes import ClaimStatus, IdentifierScheme, NameKind, Role, Sex
from services.core.facts import (
    FACTS,
    AgencyCheckReturned,
    ChildFound,
    ContingencyPlanFiled,
    DebriefHeld,
    EnquirerInterviewed,
    Fact,
    IdentityChecked,
    InterviewHeld,
    KinshipClaimed,
    LinkDecision,
    LocationDisclosed,
    ParentsContacted,
    PlacementThreatSeen,
    PlanAgreed,
    RelationshipChecked,
    ReleaseApproved,
    ReturnDecided,
    RiskAssessed,
    Section47Concluded,
    Section47Started,
    Sighting,
    VerificationRevoked,
    WorkerAllocated,
)
from services.core.ids import EventId, FactId, SubjectId
from services.core.statements import LocationKey, ProblemReason
from services.formats.canonical.values import (
    BornOn,
    Country,
    Day,
    DayOrInstant,
    HubId,
    Instant,
    Key,
    Language,
    NameText,
    Narrative,
    SealedText,
    refusal,
    standard_identifier,
)

NAME = "lantern/1"
MAX_LIST = 50


class Strict(BaseModel):
    """Nothing unknown is passed over, and nothing is guessed into another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class IdentifierClaim(Strict):
    """A number that names the child; one that names a place or an organisation belongs to `location`."""

    scheme: IdentifierScheme
    value: Annotated[str, Field(max_length=40)]
    status: ClaimStatus = ClaimStatus.UNVERIFIED

    @model_validator(mode="after")
    def _is_of_its_scheme(self) -> Self:
        if standard_identifier(self.scheme, self.value) is None:
            raise refusal(ProblemReason.NOT_AN_IDENTIFIER)
        return self


class NameClaim(Strict):
    """A name in the script in which it was given."""

    text: NameText
    kind: NameKind = NameKind.UNKNOWN
    status: ClaimStatus = ClaimStatus.UNVERIFIED


class BirthClaim(Strict):
    """A date of birth: a day, a month or a year."""

    value: BornOn
    status: ClaimStatus = ClaimStatus.UNVERIFIED


class SubjectClaims(Strict):
    """What is claimed about who the child is."""

    identifiers: Annotated[tuple[IdentifierClaim, ...], Field(max_length=MAX_LIST)] = ()
    names: Annotated[tuple[NameClaim, ...], Field(max_length=MAX_LIST)] = ()
    dates_of_birth: Annotated[tuple[BirthClaim, ...], Field(max_length=MAX_LIST)] = ()
    sex: Sex = Sex.UNKNOWN
    nationalities: Annotated[tuple[Country, ...], Field(max_length=MAX_LIST)] = ()
    languages: Annotated[tuple[Language, ...], Field(max_length=MAX_LIST)] = ()


class OwnChild(Strict):
    """The child as one system of the organisation knows them."""

    system: Key
    child: Key


class HubRecord(Strict):
    """A record that is in the hub already, about which a person decides or finds something out."""

    subject_id: HubId
    system: Annotated[Key | None, Field(description="The system of yours that your own references are of.")] = None


class Document(Strict):
    """What every document says beside its fact."""

    format: Literal["lantern/1"]
    event: str
    source: OwnChild | HubRecord
    key: Annotated[Key, Field(description="Names the fact among the child's facts of its type, whatever is corrected.")]
    occurred_at: Annotated[DayOrInstant | None, Field(description="null: nobody said when.")]
    recorded_at: Instant
    role: Role = Role.UNVERIFIED
    in_answer_to: HubId | None = None
    subject: SubjectClaims = SubjectClaims()
    fact: Any
    location: Annotated[
        dict[LocationKey, SealedText], Field(description="Sealed to the vault; where the child is or may be.")
    ] = {}
    narrative: Annotated[Narrative, Field(description="Sealed to the vault; free text belongs here alone.")] = ""


# What a document says in another way than the event does: hub ids by their form, own references by the source's keys.
_AS_SAID: dict[object, object] = {
    FactId | None: HubId | None,
    EventId: HubId,
    SubjectId: HubId,
    date | None: Day | None,
}
_Shape = tuple[object, object]
_OFFICER = Annotated[
    Key | None, Field(description="Their `sub` at the identity provider; an identity token says it by itself.")
]
_WORKER = Annotated[Key, Field(description="Their `sub` at the identity provider.")]
_ENQUIRER = Annotated[Key | None, Field(description="Your own reference of the adult.")]
_HANDLE = Annotated[
    HubId | None, Field(description="The handle that the hub shows, where another body took the claim.")
]
_TEXTS = (str, str | None)
# How a document names what the event has a handle for.
_REFERENCES: dict[str, dict[str, _Shape]] = {
    "officer": {"officer": (_OFFICER, None)},
    "worker": {"worker": (_WORKER, ...)},
    "decision": {"decision": (HubId, ...)},
    "enquirer": {"enquirer": (_ENQUIRER, None), "enquirer_handle": (_HANDLE, None)},
}
BY_TOKEN_ALONE = frozenset({"decided_by"})
"""What an identity token says, and no document."""

_OWN_REFERENCES: dict[type[Fact], dict[str, _Shape]] = {
    KinshipClaimed: {"enquirer": (Key, ...)},
    Sighting: {"episode_key": (Key | None, None)},
    ChildFound: {"episode_key": (Key | None, None)},
    DebriefHeld: {"episode_key": (Key | None, None)},
}
# What people find out about an adult or a placement may be said of a record that the hub named, too.
_OF_ANY_RECORD = frozenset(
    {
        *(KinshipClaimed, EnquirerInterviewed, IdentityChecked, RelationshipChecked, AgencyCheckReturned),
        *(RiskAssessed, ReleaseApproved, VerificationRevoked, LocationDisclosed, ParentsContacted),
        *(Section47Started, Section47Concluded, PlanAgreed, InterviewHeld, PlacementThreatSeen, WorkerAllocated),
        *(ContingencyPlanFiled, ReturnDecided),
    }
)


@cache
def models() -> dict[str, type[Document]]:
    """The model of each event type's documents."""
    return {name: _document(name, fact) for name, fact in FACTS.items()}


def _document(name: str, fact: type[Fact]) -> type[Document]:
    own: dict[str, Any] = {
        "event": (Literal[name], ...),
        "source": (_source(fact), ...),
        "fact": (_fact_model(fact), ...),
    }
    return create_model(name, __base__=Document, __doc__=fact.__doc__, **own)


def _source(fact: type[Fact]) -> object:
    if issubclass(fact, LinkDecision):
        return HubRecord
    return OwnChild | HubRecord if fact in _OF_ANY_RECORD else OwnChild


def _fact_model(fact: type[Fact]) -> type[Strict]:
    hints = get_type_hints(fact)
    own: dict[str, Any] = {
        field.name: (_AS_SAID.get(hints[field.name], hints[field.name]), _field(field))
        for field in fields(fact)
        if field.name not in BY_TOKEN_ALONE
    }
    own |= _OWN_REFERENCES.get(fact) or _references(hints)
    return create_model(f"{fact.__name__}Fact", __base__=Strict, __doc__="The coded fact.", **own)


def _references(hints: dict[str, Any]) -> dict[str, _Shape]:
    named = (shapes for name, shapes in _REFERENCES.items() if hints.get(name) in _TEXTS)
    return {name: shape for shapes in named for name, shape in shapes.items()}


def _field(field: DataclassField[Any]) -> object:
    default = ... if field.default is MISSING else field.default
    return Field(default=default, max_length=MAX_LIST if default == () else None)


def field_names() -> frozenset[str]:
    """Every name that a document may hold: the only words that a problem's path is made of."""
    shapes: tuple[type[Strict], ...] = (
        *(SubjectClaims, IdentifierClaim, NameClaim, BirthClaim, OwnChild, HubRecord, Document),
        *(_fact_model(fact) for fact in FACTS.values()),
    )
    return frozenset(name for shape in shapes for name in shape.model_fields) | {key.value for key in LocationKey}
