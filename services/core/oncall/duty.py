"""Who is on duty in an agency: by the versions of its rota, each of which counts until the next one is published.

A rota that has run out leaves its last person on duty: duty only ever passes to somebody (design section 8).
"""

from collections.abc import Sequence
from datetime import datetime

from services.core.oncall.rota import ON_DUTY, Rota, Version
from services.core.oncall.schedule import person_at, schedule


def on_duty(versions: Sequence[Version], at: datetime, level: int = ON_DUTY) -> str | None:
    """Who is on duty, or stands behind at a level, at an instant (UTC); None: nobody was ever said to be."""
    version = governing(versions, at)
    return None if version is None else serving(version.rota, at, version.published_at, level)


def governing(versions: Sequence[Version], at: datetime) -> Version | None:
    """The version of a rota that counts at an instant."""
    published = [version for version in versions if version.published_at <= at]
    return max(published, key=lambda version: version.number, default=None)


def serving(rota: Rota, at: datetime, since: datetime, level: int = ON_DUTY) -> str | None:
    """Who is on duty by a rota that was published at `since`."""
    if level >= len(rota.lines):
        return None
    if at < rota.until:
        return person_at(rota, level, at)
    shifts = schedule(rota, level, since, rota.until)
    return shifts[-1].person if shifts else None


def has_run_out(versions: Sequence[Version], at: datetime) -> bool:
    """Whether whoever is on duty is so only because nobody was named to follow them."""
    version = governing(versions, at)
    return version is None or version.rota.until <= at
