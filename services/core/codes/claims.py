"""How exactly, and how far established, what is said of a child is."""

from enum import StrEnum


class Precision(StrEnum):
    """How exactly the time of a fact is known."""

    INSTANT = "instant"
    DAY = "day"
    UNKNOWN = "unknown"


class ClaimStatus(StrEnum):
    """How far a claim about a child is established (¶5.41-5.45)."""

    DOCUMENTED = "documented"
    ASSESSED = "assessed"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    UNVERIFIED = "unverified"


class Sex(StrEnum):
    """Sex as recorded by the agency."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class IdentifierScheme(StrEnum):
    """Identifiers that name a child and hold no place: the only ones that are shared."""

    NHS_NUMBER = "nhs_number"
    HOME_OFFICE_REFERENCE = "home_office_reference"
    PNC_ID = "pnc_id"
    PASSPORT = "passport"
    NRM_REFERENCE = "nrm_reference"


class NameKind(StrEnum):
    """What kind of name it is."""

    FULL = "full"
    FAMILY = "family"
    GIVEN = "given"
    ALIAS = "alias"
    UNKNOWN = "unknown"


class YesNo(StrEnum):
    """An answer that may not be known."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
