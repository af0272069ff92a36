"""What is claimed about who a child is: claims with a status, never truths."""

from dataclasses import dataclass

from services.core.codes import ClaimStatus, IdentifierScheme, NameKind, Sex


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names the child in a system and holds no place."""

    scheme: IdentifierScheme
    value: str
    status: ClaimStatus


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it was given, in the script in which it was given."""

    text: str
    kind: NameKind
    status: ClaimStatus


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A date of birth (¶5.41-5.45).

    `value` is YYYY-MM-DD, YYYY-MM or YYYY; where an age was given, YYYY-MM-DD/YYYY-MM-DD, between which it lies.
    """

    value: str
    status: ClaimStatus


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything claimed about the child by one record; nothing in it can locate the child."""

    identifiers: tuple[Identifier, ...] = ()
    names: tuple[Name, ...] = ()
    dates_of_birth: tuple[BirthDate, ...] = ()
    sex: Sex = Sex.UNKNOWN
    nationalities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
