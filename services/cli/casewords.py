"""Cases and events in the words of a terminal: times, statuses and what a coded fact says."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from rich.text import Text

SHORT_ID = 8
"""So many digits of an id are shown, and are enough to ask for the case."""

_STYLES = {"missing": "bold red", "away": "bold yellow", "known": ""}
_SILENT = {None, "unknown", "undecided", "unverified"}
_ID = re.compile("[0-9a-f]{32}")


def short(identifier: str) -> str:
    return identifier[:SHORT_ID]


def status(value: str) -> Text:
    """A status that stands out when somebody must be looked for."""
    return Text(value.upper() if _STYLES.get(value) else value, _STYLES.get(value, ""))


def words(code: str) -> str:
    """A code of a closed list in plain words: "away_without_authorisation" and "ChildMissing" alike."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in code)
    return spaced.replace("_", " ").strip()


def clock(moment: str, zone: tzinfo | None = None) -> str:
    """A time to the second on the reader's own clock, or on that of `zone`."""
    return f"{datetime.fromisoformat(moment).astimezone(zone):%d %b %Y %H:%M:%S}"


def happened(moment: str | None, precision: str, zone: tzinfo | None = None) -> str:
    """When something happened, no more exactly than is known; a day is the day that was said, in every zone."""
    if moment is None:
        return "no date"
    at = datetime.fromisoformat(moment)
    return f"{at.astimezone(zone):%d %b %Y %H:%M}" if precision == "instant" else f"{at.astimezone(UTC):%d %b %Y}"


def said(event_type: str, fact: Mapping[str, Any]) -> str:
    """What an event says, from its coded fields; what is not known is left out, ids and handles are shortened."""
    details = [_detail(name, value) for name, value in fact.items() if not _is_silent(value)]
    return ": ".join(filter(None, [words(event_type).capitalize(), ", ".join(details)]))


def claimed(claims: Iterable[Mapping[str, Any]], key: str) -> str:
    """Each thing that is claimed about a child once, with how far it is established."""
    seen = {f"{claim[key]} ({_ground(claim)})": None for claim in claims}
    return ", ".join(seen)


def _ground(claim: Mapping[str, Any]) -> str:
    kind = claim.get("scheme") or claim.get("kind")
    return ", ".join(words(part) for part in (kind, claim["status"]) if part)


def _is_silent(value: object) -> bool:
    return value == [] or (not isinstance(value, list) and value in _SILENT)


def _detail(name: str, value: Any) -> str:  # noqa: ANN401 - whatever a coded field holds
    if isinstance(value, str) and _ID.fullmatch(value):
        return f"{words(name)} {short(value)}"
    if isinstance(value, list):
        return f"{words(name)} {', '.join(words(str(part)) for part in value)}"
    return words(str(value)) if name in {"kind", "decision", "circumstance"} else f"{words(name)} {words(str(value))}"
