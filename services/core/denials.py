"""Why a gate denies: a closed list of codes, each with what it rests on.

They go to the audit and to colleagues with the right; an enquirer is told none of them (design 6.5).
"""

from enum import StrEnum


class Reason(StrEnum):
    """One condition that does not hold."""

    # of any decision
    WRONG_PURPOSE = "wrong_purpose"
    NOT_WHOLE = "not_whole"
    RECORDS_CHANGED = "records_changed"
    LINK_CHANGED = "link_changed"
    MOVED = "moved"
    LOCATION_CHANGED = "location_changed"
    NOTHING_HELD = "nothing_held"
    AUTHORITY_UNKNOWN = "authority_unknown"
    SAME_PERSON = "same_person"
    # of a release to an enquirer
    THREAT_SEEN = "threat_seen"
    OPENER_OF_OTHER_BODY = "opener_of_other_body"
    NOT_INTERVIEWED = "not_interviewed"
    NOT_BY_OWN_SOCIAL_WORKER = "not_by_own_social_worker"
    NOT_APART = "not_apart"
    INTERPRETER_NOT_VALID = "interpreter_not_valid"
    IDENTITY_NOT_ESTABLISHED = "identity_not_established"
    RELATIONSHIP_NOT_ESTABLISHED = "relationship_not_established"
    ACCOUNTS_NOT_COMPARED = "accounts_not_compared"
    LOCAL_AUTHORITY_NOT_CLEAR = "local_authority_not_clear"
    POLICE_NOT_CLEAR = "police_not_clear"
    UKBA_NOT_CLEAR = "ukba_not_clear"
    CHILD_NOT_HEARD = "child_not_heard"
    MEETING_NOT_AGREED = "meeting_not_agreed"
    NOT_ASSESSED = "not_assessed"
    NOT_KEPT_SAFE = "not_kept_safe"
    RESPONSIBILITY_NOT_EXERCISED = "responsibility_not_exercised"
    CONTACT_AGAINST_WELFARE = "contact_against_welfare"
    ASSESSED_TOO_EARLY = "assessed_too_early"
    NOT_APPROVED_TWICE = "not_approved_twice"
    UNSETTLED = "unsettled"
    UNDATED = "undated"
    LAPSED = "lapsed"
    REVOKED = "revoked"
    ADVERSE = "adverse"
    # of protective access
    NOT_ENTITLED = "not_entitled"
    NO_OPEN_ALERT = "no_open_alert"
    LEASE_NOT_VALID = "lease_not_valid"
    SECOND_PERSON_AWAITED = "second_person_awaited"
    SECOND_PERSON_REFUSED = "second_person_refused"
    COORDINATOR_NOT_PAGED = "coordinator_not_paged"


RESTS_ON: dict[Reason, str] = {
    Reason.WRONG_PURPOSE: "design 6.3",
    Reason.NOT_WHOLE: "design 6.3",
    Reason.RECORDS_CHANGED: "design 6.3",
    Reason.LINK_CHANGED: "design 6.3",
    Reason.MOVED: "design 6.3",
    Reason.LOCATION_CHANGED: "design 6.3",
    Reason.NOTHING_HELD: "design 6.3",
    Reason.AUTHORITY_UNKNOWN: "¶5.69-5.70",
    Reason.SAME_PERSON: "¶5.30-5.31; design 6.3",
    Reason.THREAT_SEEN: "¶5.65",
    Reason.OPENER_OF_OTHER_BODY: "¶5.65-5.66",
    Reason.NOT_INTERVIEWED: "¶5.65",
    Reason.NOT_BY_OWN_SOCIAL_WORKER: "¶5.65, 5.69",
    Reason.NOT_APART: "¶5.29, 5.31, 5.39",
    Reason.INTERPRETER_NOT_VALID: "¶5.29, 5.38, 5.40, 5.68",
    Reason.IDENTITY_NOT_ESTABLISHED: "¶5.65, 5.67",
    Reason.RELATIONSHIP_NOT_ESTABLISHED: "¶5.65-5.66",
    Reason.ACCOUNTS_NOT_COMPARED: "¶5.30-5.31",
    Reason.LOCAL_AUTHORITY_NOT_CLEAR: "¶5.67",
    Reason.POLICE_NOT_CLEAR: "¶5.67",
    Reason.UKBA_NOT_CLEAR: "¶5.67",
    Reason.CHILD_NOT_HEARD: "¶5.70",
    Reason.MEETING_NOT_AGREED: "¶5.35",
    Reason.NOT_ASSESSED: "¶5.67",
    Reason.NOT_KEPT_SAFE: "¶5.67",
    Reason.RESPONSIBILITY_NOT_EXERCISED: "¶5.67",
    Reason.CONTACT_AGAINST_WELFARE: "¶5.38-5.39",
    Reason.ASSESSED_TOO_EARLY: "¶5.65, 5.67",
    Reason.NOT_APPROVED_TWICE: "design 6.3",
    Reason.UNSETTLED: "¶5.66",
    Reason.UNDATED: "design 7",
    Reason.LAPSED: "design 7",
    Reason.REVOKED: "design 6.3, 7",
    Reason.ADVERSE: "¶5.66",
    Reason.NOT_ENTITLED: "design 6.3",
    Reason.NO_OPEN_ALERT: "¶5.73-5.75",
    Reason.LEASE_NOT_VALID: "design 6.3",
    Reason.SECOND_PERSON_AWAITED: "design 6.3",
    Reason.SECOND_PERSON_REFUSED: "design 6.3",
    Reason.COORDINATOR_NOT_PAGED: "design 6.3",
}

VOIDS = frozenset({
    Reason.RECORDS_CHANGED,
    Reason.LINK_CHANGED,
    Reason.MOVED,
    Reason.LOCATION_CHANGED,
    Reason.THREAT_SEEN,
})  # fmt: skip
"""What the decision was about is no more: no later word can bring it back, and it must be asked for anew."""

NO_RIGHT = frozenset({
    Reason.WRONG_PURPOSE,
    Reason.AUTHORITY_UNKNOWN,
    Reason.OPENER_OF_OTHER_BODY,
    Reason.NOT_ENTITLED,
    Reason.NO_OPEN_ALERT,
})  # fmt: skip
"""Whoever asks has no right to this child's location: of what happens to the child they hear nothing (design 6.6)."""
