"""What an adult who claims a child says of themself, and what is found out about them (¶5.65-5.69)."""

from enum import StrEnum


class Connection(StrEnum):
    """What an enquirer says they are to the child (¶5.66-5.67)."""

    PARENT = "parent"
    SIBLING = "sibling"
    GRANDPARENT = "grandparent"
    AUNT_OR_UNCLE = "aunt_or_uncle"
    OTHER_RELATIVE = "other_relative"
    FAMILY_FRIEND = "family_friend"
    CARER = "carer"
    PROFESSIONAL = "professional"
    OTHER = "other"


class Channel(StrEnum):
    """How an enquirer approached."""

    COUNTER = "counter"
    TELEPHONE = "telephone"
    LETTER = "letter"
    EMAIL = "email"
    WEB = "web"
    OTHER = "other"


class Asked(StrEnum):
    """What an enquirer asked for."""

    LOCATION = "location"
    CONTACT = "contact"
    RETURN_OF_CHILD = "return_of_child"
    INFORMATION = "information"
    OTHER = "other"


class Interpreter(StrEnum):
    """Who interpreted (¶5.29, 5.38, 5.40, 5.68): only the first two may."""

    NOT_NEEDED = "not_needed"
    INDEPENDENT_AND_CHECKED = "independent_and_checked"
    INDEPENDENT_AND_UNCHECKED = "independent_and_unchecked"
    SPONSOR_PARENT_GUARDIAN_OR_RELATIVE = "sponsor_parent_guardian_or_relative"
    UNKNOWN = "unknown"


class Finding(StrEnum):
    """What came of looking into one thing that an adult says."""

    ESTABLISHED = "established"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class IdentityEvidence(StrEnum):
    """What an adult's identity was checked against (¶5.32, 5.65)."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"
    VISA = "visa"
    BIOMETRICS = "biometrics"
    BIRTH_CERTIFICATE = "birth_certificate"
    HOME_OFFICE_RECORDS = "home_office_records"
    POLICE_RECORDS = "police_records"
    OTHER = "other"


class RelationshipEvidence(StrEnum):
    """What a relationship was checked against (¶5.31-5.32, 5.66, 5.69)."""

    DNA = "dna"
    BIRTH_CERTIFICATE = "birth_certificate"
    COURT_ORDER = "court_order"
    HOME_OFFICE_RECORDS = "home_office_records"
    PARENTS_WORD = "parents_word"
    ACCOUNTS_COMPARED = "accounts_compared"
    OTHER = "other"


class AccountArea(StrEnum):
    """What the child and the adults are asked separately, so that the accounts can be compared (¶5.30-5.31)."""

    FAMILY_COMPOSITION = "family_composition"
    PARENTS_EMPLOYMENT = "parents_employment"
    TASKS_IN_THE_HOUSE = "tasks_in_the_house"
    TIME_IN_THE_UK = "time_in_the_uk"
    HOME_IN_COUNTRY_OF_ORIGIN = "home_in_country_of_origin"
    SCHOOL_IN_COUNTRY_OF_ORIGIN = "school_in_country_of_origin"
    CARER_IN_COUNTRY_OF_ORIGIN = "carer_in_country_of_origin"
    UNKNOWN = "unknown"


class AgencyCheck(StrEnum):
    """What an agency's own records say of an adult (¶5.67)."""

    CLEAR = "clear"
    ADVERSE = "adverse"
    UNKNOWN = "unknown"


class RiskDecision(StrEnum):
    """What a risk assessment of an adult says (¶5.67)."""

    RELEASE = "release"
    REFUSE = "refuse"
    UNDECIDED = "undecided"


class RevocationReason(StrEnum):
    """Why what was established about an adult no longer holds."""

    FALSE_DOCUMENTS = "false_documents"
    FALSE_ACCOUNT = "false_account"
    THREAT_TO_CHILD = "threat_to_child"
    CHILD_OBJECTS = "child_objects"
    LINKED_TO_TRAFFICKING = "linked_to_trafficking"
    MISTAKEN_IDENTITY = "mistaken_identity"
    OTHER = "other"


class ParentsSay(StrEnum):
    """What the parents in the country of origin say of the adult (¶5.69)."""

    SUPPORT = "support"
    OBJECT = "object"
    NOT_FOUND = "not_found"
    UNSAFE_TO_ASK = "unsafe_to_ask"
    UNKNOWN = "unknown"
