"""The closed lists that coded facts are made of. The unverified or unknown symbol stands last in every list."""

from enum import StrEnum


class Sector(StrEnum):
    """Which agency's processor speaks (design section 2)."""

    POLICE = "police"
    UKBA = "ukba"
    LOCAL_AUTHORITY = "local_authority"
    HEALTH = "health"


class OrganisationKind(StrEnum):
    """What kind of body speaks (design section 2, "who speaks")."""

    POLICE_FORCE = "police_force"
    UKHTC = "ukhtc"
    CEOP = "ceop"
    UKBA = "ukba"
    COMPETENT_AUTHORITY = "competent_authority"
    LOCAL_AUTHORITY = "local_authority"
    NSPCC = "nspcc"
    MISSING_PEOPLE = "missing_people"
    SCHOOL = "school"
    YOUTH_OFFENDING_TEAM = "youth_offending_team"
    COURT = "court"
    HEALTH_BODY = "health_body"


class Role(StrEnum):
    """The author's role; colleagues appear by role and sector alone."""

    SOCIAL_WORKER = "social_worker"
    MANAGER = "manager"
    COORDINATOR = "coordinator"
    DUTY_OFFICER = "duty_officer"
    POLICE_OFFICER = "police_officer"
    IMMIGRATION_OFFICER = "immigration_officer"
    CLINICIAN = "clinician"
    TEACHER = "teacher"
    COURT_OFFICER = "court_officer"
    HELPLINE_ADVISER = "helpline_adviser"
    STATUTORY_RETURN = "statutory_return"
    UNVERIFIED = "unverified"


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


class Concern(StrEnum):
    """What a referral is concerned with (¶4.5-4.6, 5.12-5.13, 5.54-5.59, chapter 6)."""

    TRAFFICKING = "trafficking"
    INTERNAL_TRAFFICKING = "internal_trafficking"
    MISSING_FROM_EDUCATION = "missing_from_education"
    PRIVATE_FOSTERING = "private_fostering"
    PLACEMENT_THREAT = "placement_threat"
    NATIONAL_REFERRAL_MECHANISM = "national_referral_mechanism"
    OTHER = "other"


class Setting(StrEnum):
    """Where in the services a child came to notice (Appendix 2): a kind of setting, never a place."""

    SCHOOL = "school"
    HEALTH_SERVICE = "health_service"
    POLICE = "police"
    SOCIAL_CARE = "social_care"
    ASYLUM_TEAM = "asylum_team"
    YOUTH_SERVICE = "youth_service"
    PORT_OF_ENTRY = "port_of_entry"
    ASYLUM_SCREENING = "asylum_screening"
    HOUSING = "housing"
    COMMUNITY = "community"
    UNKNOWN = "unknown"


class ReferralDecision(StrEnum):
    """What the authority decided within 24 hours (¶4.5, 5.15)."""

    INITIAL_ASSESSMENT = "initial_assessment"
    STRATEGY_DISCUSSION = "strategy_discussion"
    SECTION_47_ENQUIRY = "section_47_enquiry"
    NO_FURTHER_ACTION = "no_further_action"
    UNDECIDED = "undecided"


class MissingKind(StrEnum):
    """Missing, or away from the placement without authorisation (¶5.73-5.80)."""

    MISSING = "missing"
    AWAY_WITHOUT_AUTHORISATION = "away_without_authorisation"


class SeenBy(StrEnum):
    """Who saw the child."""

    POLICE = "police"
    SOCIAL_CARE = "social_care"
    OTHER_PROFESSIONAL = "other_professional"
    PUBLIC = "public"
    UNKNOWN = "unknown"


class FoundHow(StrEnum):
    """On what ground an episode is said to have ended."""

    SEEN_IN_PERSON = "seen_in_person"
    RECORDED_BY_AUTHORITY = "recorded_by_authority"
    UNVERIFIED = "unverified"


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


class Documents(StrEnum):
    """What the child travelled on (¶5.7)."""

    VALID = "valid"
    FALSE = "false"
    NONE = "none"
    UNKNOWN = "unknown"


class PoliceCircumstance(StrEnum):
    """How a child came to the notice of the police (Appendix 2)."""

    CRIMINAL_ACTIVITY = "criminal_activity"
    IMMIGRATION_STATUS = "immigration_status"
    DOMESTIC_VIOLENCE = "domestic_violence"
    MISSING_PERSON_REFERRAL = "missing_person_referral"
    OTHER = "other"


class HealthSetting(StrEnum):
    """The kind of health service attended (Appendix 2), never which one."""

    EMERGENCY_DEPARTMENT = "emergency_department"
    GENERAL_PRACTICE = "general_practice"
    SEXUAL_HEALTH = "sexual_health"
    MATERNITY = "maternity"
    MENTAL_HEALTH = "mental_health"
    COMMUNITY = "community"
    UNKNOWN = "unknown"


class LinkGround(StrEnum):
    """Why a person joined or parted two records."""

    PERSON_RECOGNISED = "person_recognised"
    DOCUMENTS_COMPARED = "documents_compared"
    IDENTIFIER_CHECKED = "identifier_checked"
    MISTAKEN_IDENTITY = "mistaken_identity"
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
