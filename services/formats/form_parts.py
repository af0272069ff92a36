"""What the agencies' own forms are made of: who wrote, who the child is said to be, the adults, and where and when.

A field named as a key of a sealed location is sealed under that key; everything about an adult is sealed whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from services.core.claims import BirthDate, Subject
from services.core.codes import ClaimStatus, Concern, Connection, FoundHow, MissingKind, Role, SeenBy, YesNo
from services.core.indicators import Indicator
from services.core.matching.dates import born_at_age
from services.core.statements import SEVERAL, LocationKey
from services.formats.canonical.documents import MAX_LIST, OwnChild, Strict, SubjectClaims
from services.formats.canonical.parse import subject_of_claims
from services.formats.canonical.values import Day, DayOrInstant, HubId, Instant, Key, Narrative, SealedText

Text = SealedText | None
Indicators = Annotated[tuple[Indicator, ...], Field(max_length=MAX_LIST)]
Concerns = Annotated[tuple[Concern, ...], Field(max_length=MAX_LIST)]
_PLACES = tuple(key.value for key in LocationKey)
_OF_ADULT = {
    "name": LocationKey.ADULT_NAME,
    "address": LocationKey.ADULT_ADDRESS,
    "telephone": LocationKey.ADULT_TELEPHONE,
    "email": LocationKey.ADULT_EMAIL,
    "document": LocationKey.ADULT_DOCUMENT,
    "vehicle": None,
}
_LOOKING_AFTER = frozenset({Connection.CARER, Connection.PROFESSIONAL})


class Author(Strict):
    """Who wrote: the role is shared, the rest only sealed."""

    role: Role = Role.UNVERIFIED
    author: Text = None
    office: Text = None
    force: Text = None
    telephone: Text = None
    email: Text = None


class AgeClaim(Strict):
    """An age in whole years on a day, where nobody gave a date (¶5.41)."""

    years: Annotated[int, Field(ge=0, le=120)]
    on: Day
    status: ClaimStatus = ClaimStatus.UNVERIFIED


class Child(SubjectClaims):
    """What is claimed about who the child is, and what of it would give their place away."""

    ages: Annotated[tuple[AgeClaim, ...], Field(max_length=MAX_LIST)] = ()
    home_address: Text = None
    home_postcode: Text = None
    placement_address: Text = None
    placement_postcode: Text = None
    carer: Text = None
    school: Text = None
    general_practice: Text = None
    birthplace: Text = None
    telephone: Text = None
    email: Text = None
    upn: Text = None
    local_id: Text = None


class Adult(Strict):
    """An adult with the child or named by them; only the connection, and that they were there, is shared."""

    connection: Connection = Connection.OTHER
    accompanies: YesNo = YesNo.UNKNOWN
    name: Text = None
    address: Text = None
    telephone: Text = None
    email: Text = None
    document: Text = None
    vehicle: Text = None


class Occasion(Strict):
    """When and where something happened; the place is sealed."""

    at: Annotated[DayOrInstant | None, Field(description="null: nobody said when.")] = None
    address: Text = None
    postcode: Text = None
    coordinates: Text = None
    port: Text = None
    office: Text = None
    transport: Text = None


class Missing(Occasion):
    """The child is missing, or away without authorisation (¶5.73-5.80); doubt says missing."""

    kind: MissingKind = MissingKind.MISSING
    last_seen: Text = None


class Seen(Occasion):
    """Somebody saw the child; it ends nothing."""

    reference: Key
    by: SeenBy = SeenBy.UNKNOWN


class Found(Occasion):
    """The child was found; said by the police or the responsible authority alone."""

    how: FoundHow = FoundHow.UNVERIFIED


class AgencyForm(Strict):
    """What every form says."""

    format: str
    source: OwnChild
    reference: Annotated[Key, Field(description="Names the report, whatever is corrected in it.")]
    written_at: Instant
    written_by: Author = Author()
    in_answer_to: HubId | None = None
    child: Child = Child()
    adults: Annotated[tuple[Adult, ...], Field(max_length=MAX_LIST)] = ()
    narrative: Annotated[Narrative, Field(description="Sealed to the vault; free text belongs here alone.")] = ""

    @property
    def in_words(self) -> str:
        """All of its free text."""
        return self.narrative


def subject_of(child: Child) -> Subject:
    """The claims; an age becomes the two days between which it puts the birth."""
    subject = subject_of_claims(child)
    ages = tuple(BirthDate(born_at_age(age.years, age.on), age.status) for age in child.ages)
    return replace(subject, dates_of_birth=subject.dates_of_birth + ages)


def accompanying(adults: Iterable[Adult]) -> tuple[Connection, ...]:
    """What those with the child say they are to them, each once."""
    return tuple(dict.fromkeys(adult.connection for adult in adults if adult.accompanies is YesNo.YES))


def sealed(*parts: Strict, adults: Iterable[Adult] = ()) -> dict[str, str]:
    """Everything in these parts that can locate the child, by its key; of several texts of one key, all."""
    found: dict[str, list[str]] = {}
    for part in parts:
        for key in _PLACES:
            if text := getattr(part, key, None):
                found.setdefault(key, []).append(text)
    for adult in adults:
        for key, text in _told_of(adult):
            found.setdefault(key.value, []).append(text)
    return {key: SEVERAL.join(dict.fromkeys(texts)) for key, texts in found.items()}


def _told_of(adult: Adult) -> Iterator[tuple[LocationKey, str]]:
    """The adult in words; and by sign, so that one who stands around several children is found (¶4.8, 5.8, 5.9).

    Of those who look after children, such as carers, nothing is compared.
    """
    texts = {name: text for name in _OF_ADULT if (text := getattr(adult, name))}
    yield LocationKey.RELATED_PERSON, "; ".join([adult.connection.value, *texts.values()])
    if adult.connection not in _LOOKING_AFTER:
        yield from ((key, texts[name]) for name, key in _OF_ADULT.items() if key and name in texts)
