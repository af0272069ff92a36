"""One document of whoever is signed in, sent through the publisher of their own agency, and what became of it."""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError
from rich.progress import Progress

from services.cli import client
from services.cli.enquiry.documents import Document, Telling
from services.cli.publish import Sender, submitted
from services.cli.sending import plan_of
from services.cli.summary import Summary
from services.core.codes import OrganisationKind, Sector
from services.core.errors import Unavailable

PATIENCE_SECONDS = 60.0
_SOME_REFUSED = 3
_NOT_TAKEN = "It was not taken: see above, and try again; nothing was changed."
_TAKEN_IN_PART = "It is on record without what is named above: correct that, and say it again."


class Details(BaseModel):
    """What names or locates somebody: read from a file, because others can read a command line."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    location: dict[str, str] = {}
    narrative: str = ""
    subject: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is signed in at this terminal, as their token says; it alone is believed."""

    token: str = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def mark(self) -> str:
        """Tells apart what two people say of the same thing; it goes no further than into a keyed id."""
        return hashlib.sha256(self.claims["sub"].encode()).hexdigest()[:16]

    @property
    def sender(self) -> Sender:
        """The way through their own agency."""
        agency, kind = Sector(self.claims["lantern_sector"]), OrganisationKind(self.claims["lantern_organisation_kind"])
        return Sender(agency, self.claims["lantern_organisation"], kind, self.token)


def details_in(file: Path | None) -> Details:
    """The details in a file; none without one.

    Raises:
        BadParameter: it does not hold details; nothing of it is repeated.
    """
    if file is None:
        return Details()
    try:
        return Details.model_validate_json(file.read_bytes())
    except (OSError, ValidationError):
        raise typer.BadParameter(
            'It must be JSON: {"location": {...}, "narrative": "...", "subject": {...}}, each of them if need be.'
        ) from None


def telling(on: str | None, details: Details) -> Telling:
    """When something happened, now if nobody says, and what is sealed with it."""
    now = datetime.now(UTC)
    return Telling(on or now.isoformat(), now, details.narrative, details.location)


def day_or_instant(text: str | None) -> str | None:
    """A day, or an instant with its zone, as the format takes it."""
    if text is None:
        return None
    sentence = "Say a day, as in 2026-03-01, or a time with its zone, as in 2026-03-01T22:00:00Z."
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(sentence) from None
    if len(text) == len("YYYY-MM-DD"):
        return said.date().isoformat()
    if said.tzinfo is None:
        raise typer.BadParameter(sentence)
    return said.isoformat()


def tell(speaker: Speaker, document: Document, data: Path) -> Summary:
    """Send a document and wait until it stands on its timeline; ends the command if it was refused.

    Raises:
        Unavailable: the hub does not answer; what was sent stays in Kafka, and counts later.
    """
    sender, edition = speaker.sender, client.read_edition(data)
    planned = plan_of(sender.agency, "enquiry", json.dumps(document).encode())
    with Progress(disable=True) as silent:
        summary = asyncio.run(submitted(sender, planned, edition, PATIENCE_SECONDS, wait=True, progress=silent))
    conclude(summary, sender.agency)
    return summary


def conclude(summary: Summary, agency: Sector) -> None:
    """End the command unless a document was taken whole, and say what became of it.

    Raises:
        Unavailable: nobody knows yet, for it is not answered.
        Exit: it was refused, or part of it.
    """
    for refusal in summary.refused:
        typer.echo(refusal.detail, err=True)
    if summary.unanswered:
        raise Unavailable(
            f"It is not answered: the {agency.value} processor is slow or stopped. It stays in Kafka for a week and "
            "counts once it is processed: reckon with it. See `lantern status`, and then whether it is on record."
        )
    if summary.refused or summary.held_back:
        typer.echo(_TAKEN_IN_PART if summary.shared else _NOT_TAKEN, err=True)
        raise typer.Exit(_SOME_REFUSED)
