"""The closed lists that an alert is made of: an alert has no room for a name, a place or any words."""

from enum import StrEnum


class AlertKind(StrEnum):
    """What somebody is paged for; the last three are pages of an alert that is there already."""

    MISSING = "missing"
    AWAY = "away"
    UNREADABLE = "unreadable"
    DRILL = "drill"
    SIGHTING = "sighting"
    DEBRIEF = "debrief"
    WITHDRAWN = "withdrawn"


class Severity(StrEnum):
    """How grave it is, the gravest first."""

    CRITICAL = "critical"
    HIGH = "high"
    STANDARD = "standard"


class Why(StrEnum):
    """Why an episode pages, or is history and pages nobody."""

    OPEN_EPISODE = "open_episode"
    TOLD_AFTER_ITS_END = "told_after_its_end"
    CANNOT_BE_READ = "cannot_be_read"
    NO_LONGER_ENDED = "no_longer_ended"
    DRILL = "drill"


class State(StrEnum):
    """What an alert is now; `debrief` waits for the talk after a child was found (¶5.46-5.49, 5.78)."""

    OPEN = "open"
    DEBRIEF = "debrief"
    CLOSED = "closed"
    HISTORY = "history"


class Ending(StrEnum):
    """Why an alert is no longer open."""

    FOUND = "found"
    READ_BY_HAND = "read_by_hand"
    DEBRIEF_HELD = "debrief_held"
    WITHDRAWN = "withdrawn"
    DRILL_OVER = "drill_over"


class AlertReason(StrEnum):
    """One thing that makes an alert as grave as it is."""

    REPORTED_MISSING = "reported_missing"
    AWAY_WITHOUT_AUTHORISATION = "away_without_authorisation"
    AWAY_WITH_TRAFFICKING_CONCERN = "away_with_trafficking_concern"
    UNREADABLE_REPORT = "unreadable_report"
    TRAFFICKING_INDICATORS = "trafficking_indicators"
    UNACCOMPANIED = "unaccompanied"
    SHORTLY_AFTER_ARRIVAL = "shortly_after_arrival"
    SHORTLY_AFTER_PLACEMENT = "shortly_after_placement"
    SHORTLY_AFTER_SCREENING = "shortly_after_screening"
    RETURN_DECIDED = "return_decided"
    EARLIER_EPISODES = "earlier_episodes"
    CLAIM_REFUSED = "claim_refused"
    THREAT_SEEN = "threat_seen"
    YOUNG = "young"
    REPORTED_LATE = "reported_late"
    DRILL = "drill"


class Answer(StrEnum):
    """What somebody says that they do: the closed list of an acknowledgement."""

    SEARCH_BEGUN = "search_begun"
    OFFICERS_SENT = "officers_sent"
    CARERS_ASKED = "carers_asked"
    BORDERS_ALERTED = "borders_alerted"
    RECORDS_SEARCHED = "records_searched"
    STRATEGY_DISCUSSION_CALLED = "strategy_discussion_called"
    ENQUIRIES_CONTINUE = "enquiries_continue"
    DEBRIEF_ARRANGED = "debrief_arranged"
    REPORT_READ_BY_HAND = "report_read_by_hand"
    DRILL_ANSWERED = "drill_answered"


class Happening(StrEnum):
    """What happens to an alert."""

    OPENED = "opened"
    PUT_ON_RECORD = "put_on_record"
    PAGED = "paged"
    PAGING_FAILED = "paging_failed"
    ANSWERED = "answered"
    LAPSED = "lapsed"
    CHANGED = "changed"
    HANDED_OVER = "handed_over"
    FOUND = "found"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    OPENED_AGAIN = "opened_again"


LAST_WORDS = {
    AlertKind.UNREADABLE: (Answer.REPORT_READ_BY_HAND, Ending.READ_BY_HAND),
    AlertKind.DRILL: (Answer.DRILL_ANSWERED, Ending.DRILL_OVER),
}
"""The answers that are an agency's last: an alert of this kind ends when every agency has given it."""
