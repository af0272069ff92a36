"""The audit (design 11): what was done, in numbered entries; each batch of them is a link, bound to the one before it.

A service has one chain. Whoever changes, drops, adds or moves an entry must make every later link anew, and the heads
that others hold, signed, no longer agree.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.core.audit_bytes import hashed, joined, number_bytes, time_bytes
from services.core.errors import BrokenRule

SALT_BYTES = 32

THE_SERVICE = "service"
OPERATOR = "operator"
NOBODY = "nobody"
"""Who acts, when it is no person with a handle: the service by itself, the operator's token, somebody unknown."""

_LARGEST = 2**63
_WHO = re.compile(rf"[0-9a-f]{{32}}|{THE_SERVICE}|{OPERATOR}|{NOBODY}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ABOUT = re.compile(r"[a-z_]{1,20}:[0-9a-f]{6,64}|offsets:[0-9a-f-]{36}/\d{1,9}/\d{1,19}-\d{1,19}|feed:\d{1,19}")


class Action(StrEnum):
    """What was done or tried."""

    EVENTS_CORRELATED = "events_correlated"
    RECORD_MOVED = "record_moved"
    FACTS_KEPT = "facts_kept"
    REBUILT = "rebuilt"
    WEIGHTS_WEIGHED = "weights_weighed"
    WEIGHTS_ADOPTED = "weights_adopted"
    ERASED = "erased"
    KEY_REPLACED = "key_replaced"
    STORE_SAVED = "store_saved"
    STORE_RESTORED = "store_restored"
    CASES_LISTED = "cases_listed"
    CASE_READ = "case_read"
    FEED_FOLLOWED = "feed_followed"
    FEED_LEFT = "feed_left"
    DIGESTS_READ = "digests_read"
    EVENTS_ASKED_AFTER = "events_asked_after"
    AUDIT_READ = "audit_read"
    ENQUIRIES_LISTED = "enquiries_listed"
    ENQUIRY_READ = "enquiry_read"
    ANSWER_READ = "answer_read"
    PATTERNS_LISTED = "patterns_listed"
    LINKS_LISTED = "links_listed"
    LINK_READ = "link_read"
    LINK_DECIDED = "link_decided"
    WAITING_LISTED = "waiting_listed"
    DECISIONS_LISTED = "decisions_listed"
    DECISION_READ = "decision_read"
    LOCATION_ASKED = "location_asked"
    LOCATION_SECOND = "location_second"
    LOCATION_OBJECT = "location_object"
    LOCATION_WITHDRAW = "location_withdraw"
    LOCATION_OPEN = "location_open"
    LOCATION_SHOW = "location_show"
    LOCATION_CLOSE = "location_close"
    LOCATION_REVIEW = "location_review"
    LOCATION_VOID = "location_void"
    LOCATION_LAPSE = "location_lapse"
    DIRECTORY_READ = "directory_read"
    DOUBTS_LISTED = "doubts_listed"
    DOUBTS_SETTLED = "doubts_settled"
    LOCATION_REFUSED = "location_refused"
    DUTY_READ = "duty_read"
    ROTA_READ = "rota_read"
    ROTA_CHECKED = "rota_checked"
    ROTA_PUBLISHED = "rota_published"
    STAFF_CHANGED = "staff_changed"
    HANDOVERS_LISTED = "handovers_listed"
    HANDOVER_OFFERED = "handover_offered"
    HANDOVER_ANSWERED = "handover_answered"
    SIGNED_IN = "signed_in"
    CONTACT_READ = "contact_read"
    CONTACT_SET = "contact_set"
    CONTACT_FORGOTTEN = "contact_forgotten"
    DRILL_BEGUN = "drill_begun"
    CALL_DECIDED = "call_decided"
    ALERTS_JUDGED = "alerts_judged"
    ALERT_OPENED = "alert_opened"
    ALERT_CHANGED = "alert_changed"
    ALERT_WITHDRAWN = "alert_withdrawn"
    PAGE_SENT = "page_sent"
    PAGE_FAILED = "page_failed"
    ALERTS_LISTED = "alerts_listed"
    ALERT_READ = "alert_read"
    ALERT_ANSWERED = "alert_answered"
    DOOR_TRIED = "door_tried"


class Outcome(StrEnum):
    """What came of it; `done` is what a service did by itself, which nobody had to allow."""

    DONE = "done"
    ALLOWED = "allowed"
    DENIED = "denied"


class Kind(StrEnum):
    """What a handle in an entry is the handle of."""

    CASE = "case"
    RECORD = "record"
    EVENT = "event"
    FACT = "fact"
    ENQUIRY = "enquiry"
    ENQUIRER = "enquirer"
    DECISION = "decision"
    ALERT = "alert"
    ASKED = "asked"
    PERSON = "person"
    HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done: codes and handles, in which no name, no place and no text can stand.

    `who`: a person's handle, or one of the three who are no person. `role`: in which they acted. `about`: see `about`.
    `reasons`: codes. `count`: of how many things. `commitment`: 32 bytes that stand for what is too sensitive to stand
    here (`commit`); empty when there is nothing of the kind.
    """

    action: str
    outcome: str = Outcome.DONE
    who: str = THE_SERVICE
    role: str | None = None
    about: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    count: int = 1
    commitment: bytes = b""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry as it stands in the chain: its number (from 0, without a gap), its link's, and its digest (32 bytes)."""

    number: int
    link: int
    entry: Entry
    digest: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """One batch of entries, sealed into the chain; `at` (UTC) is when, and nothing in an entry says another time.

    `previous` and `hash`: 32 bytes. Link 0 has no entries: it is the genesis of one service's chain.
    """

    number: int
    at: datetime
    first_entry: int
    entries: int
    digest: bytes
    previous: bytes
    hash: bytes

    @property
    def next_entry(self) -> int:
        return self.first_entry + self.entries


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a service's chain stood at a time (UTC, by the clock that dates the links), for others to hold."""

    service: str
    chain: str
    number: int
    hash: bytes
    at: datetime


def about(kind: Kind, handle: str) -> str:
    """A handle with what it is the handle of, as in case:3f2a..."""
    return f"{kind}:{handle}"


def about_offsets(topic: str, partition: int, first: int, before: int) -> str:
    """The records of a partition of a topic (its UUID in Kafka) from `first` to before `before`."""
    return f"offsets:{topic}/{partition}/{first}-{before}"


def about_feed(sequence: int) -> str:
    """A place in the case feed."""
    return f"feed:{sequence}"


def commit(salt: bytes, detail: bytes) -> bytes:
    """What stands in an entry for `detail`; once the salt is gone nobody can tell what it stood for."""
    return hmac.digest(salt, joined(b"lantern audit detail v1", detail), "sha256")


def proves(commitment: bytes, salt: bytes, detail: bytes) -> bool:
    """Whether this detail is what the commitment stands for."""
    return hmac.compare_digest(commitment, commit(salt, detail))


def genesis(service: str, chain: str, at: datetime) -> Link:
    """The link with which a service's chain begins; `chain` was drawn at random, so no two chains begin alike."""
    return _link(0, at, 0, (), origin(service, chain))


def origin(service: str, chain: str) -> bytes:
    """What stands before the first link of this chain and of no other."""
    return hashed(b"lantern audit chain v1", service.encode(), chain.encode())


def extend(last: Link, at: datetime, entries: Iterable[Entry]) -> tuple[Link, tuple[Recorded, ...]]:
    """The next link, with its entries numbered; no link is dated before the one that it follows.

    Raises:
        BrokenRule: an entry holds something other than codes and handles.
    """
    number = last.number + 1
    held = tuple(
        Recorded(place, number, checked(entry), entry_digest(place, entry))
        for place, entry in enumerate(entries, last.next_entry)
    )
    return _link(number, max(at, last.at), last.next_entry, [one.digest for one in held], last.hash), held


def checked(entry: Entry) -> Entry:
    """Return `entry` if it holds codes and handles alone.

    Raises:
        BrokenRule: it does not; what it holds is not repeated in the error.
    """
    codes = (entry.action, entry.outcome, *entry.reasons, *([] if entry.role is None else [entry.role]))
    if not (
        _WHO.fullmatch(entry.who)
        and all(map(_CODE.fullmatch, codes))
        and all(map(_ABOUT.fullmatch, entry.about))
        and 0 <= entry.count < _LARGEST
        and len(entry.commitment) in {0, SALT_BYTES}
    ):
        raise BrokenRule("An audit entry holds something other than codes and handles: nothing was recorded or done.")
    return entry


def entry_digest(number: int, entry: Entry) -> bytes:
    """32 bytes over everything that an entry says, and its number."""
    return hashed(
        b"lantern audit entry v1",
        number_bytes(number),
        entry.action.encode(),
        entry.outcome.encode(),
        entry.who.encode(),
        b"" if entry.role is None else b"role:" + entry.role.encode(),
        joined(*(handle.encode() for handle in entry.about)),
        joined(*(reason.encode() for reason in entry.reasons)),
        number_bytes(entry.count),
        entry.commitment,
    )


def entries_digest(digests: Iterable[bytes]) -> bytes:
    """32 bytes over the digests of a link's entries, in their order."""
    return hashed(b"lantern audit entries v1", *digests)


def link_hash(link: Link) -> bytes:
    """32 bytes over everything else that a link says."""
    return hashed(
        b"lantern audit link v1",
        number_bytes(link.number),
        time_bytes(link.at),
        number_bytes(link.first_entry),
        number_bytes(link.entries),
        link.digest,
        link.previous,
    )


def checkpoint_bytes(checkpoint: Checkpoint) -> bytes:
    """What a service signs of its chain's head."""
    return joined(
        b"lantern audit checkpoint v1",
        checkpoint.service.encode(),
        checkpoint.chain.encode(),
        number_bytes(checkpoint.number),
        checkpoint.hash,
        time_bytes(checkpoint.at),
    )


def _link(number: int, at: datetime, first_entry: int, digests: Sequence[bytes], previous: bytes) -> Link:
    bare = Link(number, at, first_entry, len(digests), entries_digest(digests), previous, b"")
    return Link(number, at, first_entry, len(digests), bare.digest, previous, link_hash(bare))
