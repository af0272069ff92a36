"""Links and entries of the audit as JSON, as a service serves them and whoever verifies them reads them.

What is read back may come from rows that a hand has changed: it is taken as it is, and judged by its hashes.
"""

from datetime import UTC, datetime
from typing import Any

from services.core.audit import Entry, Link, Recorded

Line = dict[str, Any]


def link_line(link: Link) -> Line:
    """A link; bytes in hexadecimal."""
    return {
        "number": link.number,
        "at": link.at.isoformat(timespec="microseconds"),
        "first_entry": link.first_entry,
        "entries": link.entries,
        "digest": link.digest.hex(),
        "previous": link.previous.hex(),
        "hash": link.hash.hex(),
    }


def entry_line(held: Recorded) -> Line:
    """An entry with its number and its link's; bytes in hexadecimal."""
    entry = held.entry
    return {
        "number": held.number,
        "link": held.link,
        "action": entry.action,
        "outcome": entry.outcome,
        "who": entry.who,
        "role": entry.role,
        "about": list(entry.about),
        "reasons": list(entry.reasons),
        "count": entry.count,
        "commitment": entry.commitment.hex(),
        "digest": held.digest.hex(),
    }


def link_of(line: Line) -> Link:
    """The link that `link_line` made a line of."""
    return Link(
        line["number"],
        datetime.fromisoformat(line["at"]).astimezone(UTC),
        line["first_entry"],
        line["entries"],
        *(bytes.fromhex(line[name]) for name in ("digest", "previous", "hash")),
    )


def entry_of(line: Line) -> Recorded:
    """The entry that `entry_line` made a line of."""
    return Recorded(
        line["number"],
        line["link"],
        Entry(
            line["action"],
            line["outcome"],
            line["who"],
            line["role"],
            tuple(line["about"]),
            tuple(line["reasons"]),
            line["count"],
            bytes.fromhex(line["commitment"]),
        ),
        bytes.fromhex(line["digest"]),
    )
