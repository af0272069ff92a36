"""What is done to keep a child safe, and what of it is sealed."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a location is needed for."""

    RELEASE_TO_ENQUIRER = "release_to_enquirer"
    SEARCH_FOR_CHILD = "search_for_child"
    PROTECT_CHILD = "protect_child"
    CARE_OF_CHILD = "care_of_child"
    UNKNOWN = "unknown"


class Section47Outcome(StrEnum):
    """How an enquiry under section 47 ended (¶5.21-5.35)."""

    CONCERNS_SUBSTANTIATED = "concerns_substantiated"
    NO_FURTHER_CONCERN = "no_further_concern"
    UNDECIDED = "undecided"


class ThreatKind(StrEnum):
    """What was seen around a placement (¶5.65); never where."""

    VEHICLE_WAITING = "vehicle_waiting"
    TELEPHONE_ENQUIRY = "telephone_enquiry"
    STRANGER_AT_THE_DOOR = "stranger_at_the_door"
    CONTACT_ONLINE = "contact_online"
    OTHER = "other"


class SealedField(StrEnum):
    """What is sealed to the vault and stands in no shared event (design section 6)."""

    LOCATION = "location"
    NARRATIVE = "narrative"
    IDENTIFIERS = "identifiers"
    ORGANISATION = "organisation"
