"""Whether a chain of the audit is what it was: the first thing that is not, by name (design 11).

What is checked is what was read: a row that a hand has changed may say anything at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.audit import Checkpoint, Link, Recorded, entries_digest, entry_digest, link_hash, origin

CLOCK_TOLERANCE = timedelta(minutes=1)
"""How far the database's clock may be set back between a checkpoint and the next link."""


class Fault(StrEnum):
    """What is wrong with a chain."""

    OTHER_GENESIS = "other_genesis"
    OTHER_CHAIN = "other_chain"
    LINK_MISSING = "link_missing"
    LINK_ADDED = "link_added"
    LINK_CHANGED = "link_changed"
    LINK_REPLACED = "link_replaced"
    ENTRY_MISSING = "entry_missing"
    ENTRY_ADDED = "entry_added"
    ENTRY_CHANGED = "entry_changed"
    BACK_DATED = "back_dated"
    REWRITTEN = "rewritten"
    TRUNCATED = "truncated"
    UNWITNESSED = "unwitnessed"
    FORGED_CHECKPOINT = "forged_checkpoint"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong: in this link, at this entry where one entry can be named.

    `since`: the fault lies between this link and `link`, both included.
    """

    fault: Fault
    link: int
    entry: int | None = None
    since: int | None = None


class Wrong(Exception):
    """Carries a finding out of the check."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding


Piece = tuple[Link | None, Sequence[Recorded]]
"""A link with the entries that say they are its; None where such entries have no link."""


def pieces(links: Iterable[Link], entries: Iterable[Recorded]) -> Iterator[Piece]:
    """Put every entry with the link that it names; whatever is left over comes too, in its place."""
    held: defaultdict[int, list[Recorded]] = defaultdict(list)
    for one in entries:
        held[one.link].append(one)
    ordered: list[tuple[int, Link | None]] = [(link.number, link) for link in links]
    ordered += [(number, None) for number in held.keys() - {number for number, _ in ordered}]
    for number, link in sorted(ordered, key=lambda one: one[0]):
        yield link, held.pop(number, [])


@dataclass(slots=True)
class Check:
    """Reads a chain piece by piece, from its genesis on; its checkpoints are those whose signature was verified."""

    service: str
    chain: str
    checkpoints: Sequence[Checkpoint]
    last: Link | None = None
    agreed: int = -1
    _at: Mapping[int, Sequence[Checkpoint]] = field(init=False)
    _floor: datetime | None = None

    def __post_init__(self) -> None:
        by_number: defaultdict[int, list[Checkpoint]] = defaultdict(list)
        for one in self.checkpoints:
            by_number[one.number].append(one)
        self._at = by_number

    @property
    def links(self) -> int:
        """How many links were read and are as they were, genesis included."""
        return 0 if self.last is None else self.last.number + 1

    @property
    def entries(self) -> int:
        """How many entries were read and are as they were."""
        return 0 if self.last is None else self.last.next_entry

    def take(self, piece: Piece) -> None:
        """Check the next piece.

        Raises:
            Wrong: it does not continue what was read before, or a checkpoint says otherwise.
        """
        link, entries = piece
        if link is None:
            raise Wrong(self._left_over(entries))
        self._place(link)
        self._content(link)
        self._entries(link, entries)
        self._time(link)
        self._witnesses(link)
        self.last = link

    def end(self) -> None:
        """Check that nothing is missing at the end.

        Raises:
            Wrong: checkpoints know of more, or of another chain; or there are none.
        """
        if self.last is None:
            raise Wrong(Finding(Fault.OTHER_GENESIS, 0))
        beyond = [one.number for one in self.checkpoints if one.number > self.last.number and one.chain == self.chain]
        if beyond:
            raise Wrong(Finding(Fault.TRUNCATED, max(beyond), since=self.last.number + 1))
        if any(one.chain != self.chain for one in self.checkpoints):
            raise Wrong(Finding(Fault.OTHER_CHAIN, 0))
        if not self.checkpoints:
            raise Wrong(Finding(Fault.UNWITNESSED, self.last.number, since=0))

    @property
    def _expected(self) -> int:
        return 0 if self.last is None else self.last.number + 1

    def _left_over(self, entries: Sequence[Recorded]) -> Finding:
        first = min(one.number for one in entries)
        expected = 0 if self.last is None else self.last.next_entry
        if first == expected:
            return Finding(Fault.LINK_MISSING, self._expected, first)
        return Finding(Fault.ENTRY_ADDED, entries[0].link, first)

    def _place(self, link: Link) -> None:
        if link.number > self._expected:
            raise Wrong(Finding(Fault.LINK_MISSING, self._expected))
        if link.number < self._expected:
            raise Wrong(Finding(Fault.LINK_ADDED, link.number))

    def _content(self, link: Link) -> None:
        if link_hash(link) != link.hash:
            raise Wrong(Finding(Fault.LINK_CHANGED, link.number))
        if self.last is None:
            if link.previous != origin(self.service, self.chain) or link.first_entry != 0:
                raise Wrong(Finding(Fault.OTHER_GENESIS, 0))
        elif link.previous != self.last.hash:
            raise Wrong(Finding(Fault.LINK_REPLACED, self.last.number))
        elif link.first_entry != self.last.next_entry:
            raise Wrong(Finding(Fault.LINK_CHANGED, link.number))

    def _entries(self, link: Link, entries: Sequence[Recorded]) -> None:
        ordered = sorted(entries, key=lambda one: one.number)
        for expected, one in zip(range(link.first_entry, link.next_entry), ordered, strict=False):
            if one.number != expected:
                fault = Fault.ENTRY_MISSING if one.number > expected else Fault.ENTRY_ADDED
                raise Wrong(Finding(fault, link.number, min(one.number, expected)))
            if entry_digest(one.number, one.entry) != one.digest:
                raise Wrong(Finding(Fault.ENTRY_CHANGED, link.number, one.number))
        if len(ordered) < link.entries:
            raise Wrong(Finding(Fault.ENTRY_MISSING, link.number, link.first_entry + len(ordered)))
        if len(ordered) > link.entries:
            raise Wrong(Finding(Fault.ENTRY_ADDED, link.number, ordered[link.entries].number))
        if entries_digest(one.digest for one in ordered) != link.digest:
            raise Wrong(Finding(Fault.ENTRY_CHANGED, link.number, link.first_entry))

    def _time(self, link: Link) -> None:
        before = self.last is not None and link.at < self.last.at
        if before or (self._floor is not None and link.at < self._floor - CLOCK_TOLERANCE):
            raise Wrong(Finding(Fault.BACK_DATED, link.number))

    def _witnesses(self, link: Link) -> None:
        witnesses = [one for one in self._at.get(link.number, ()) if one.chain == self.chain]
        if any(one.hash != link.hash for one in witnesses):
            raise Wrong(Finding(Fault.REWRITTEN, link.number, since=self.agreed + 1))
        for one in witnesses:
            self.agreed = link.number
            self._floor = max(one.at, self._floor or one.at)


def first_fault(check: Check, chain: Iterable[Piece]) -> Finding | None:
    """Read a whole chain; the first thing that is wrong with it, or None."""
    try:
        for piece in chain:
            check.take(piece)
        check.end()
    except Wrong as wrong:
        return wrong.finding
    return None
