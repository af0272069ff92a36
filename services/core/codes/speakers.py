"""Who speaks: the agency's processor, the kind of body, the author's role."""

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
