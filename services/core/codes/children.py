"""What befalls a child, and where it comes to notice."""

from enum import StrEnum


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
