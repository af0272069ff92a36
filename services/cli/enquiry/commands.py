"""`lantern enquiry`: open, interview, identity, relationship, check, assess and revoke."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import client
from services.cli.enquiry.asking import enquiry_of, speaker
from services.cli.enquiry.documents import Claim, claim, rung
from services.cli.enquiry.telling import day_or_instant, details_in, tell, telling
from services.core.codes import (
    AccountArea,
    AgencyCheck,
    Asked,
    Channel,
    Connection,
    Finding,
    IdentityEvidence,
    Interpreter,
    RelationshipEvidence,
    RevocationReason,
    RiskDecision,
    YesNo,
)

Adult = Annotated[str, typer.Argument(metavar="ID", help="The adult's handle, or its first digits: `enquiry list`.")]
On = Annotated[
    str | None, typer.Option(metavar="TIME", callback=day_or_instant, help="When, as in 2026-03-01; else now.")
]
LapsesOn = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it counts; else as is usual.")
]
Details = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        metavar="FILE",
        help='JSON with "location", "narrative" and "subject"; only sealed.',
    ),
]


def open_enquiry(
    connection: Annotated[
        Connection, typer.Option(help="What the adult says they are to the child.")
    ] = Connection.OTHER,
    channel: Annotated[Channel, typer.Option(help="How they approached.")] = Channel.COUNTER,
    asked: Annotated[list[Asked] | None, typer.Option(help="What they asked for; say it again for more.")] = None,
    reference: Annotated[str | None, typer.Option(help="Your own reference of the adult, else a new one.")] = None,
    case: Annotated[str | None, typer.Option(help="The record that they ask about, 32 digits, if you know it.")] = None,
    on: On = None,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Write down that an adult asks for a child, and say what they are told: the same for every adult and child.

    Names, addresses and what was said come from a file, never from the command line, which others can read.

    Example: lantern enquiry open --connection aunt_or_uncle --asked location --details approach.json
    """
    given = details_in(details)
    fact = {"connection": connection, "channel": channel, "asked": asked or []}
    said = Claim(reference or f"adult-{uuid.uuid4().hex[:12]}", fact, given.subject, case)
    tell(speaker(data), claim(said, telling(on, given)), data)
    typer.echo(f"It is written down; your reference is {said.reference}. `lantern enquiry answer` says what to say.")


def interview(
    adult: Adult,
    interpreter: Annotated[Interpreter, typer.Option(help="Who interpreted.")] = Interpreter.UNKNOWN,
    apart: Annotated[YesNo, typer.Option(help="Whether the child was elsewhere.")] = YesNo.UNKNOWN,
    completed: Annotated[YesNo, typer.Option(help="Whether everything was asked that had to be.")] = YesNo.UNKNOWN,
    on: On = None,
    lapses_on: LapsesOn = None,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You interviewed the adult, apart from the child.

    Example: lantern enquiry interview 3f2a9c1e --interpreter independent_and_checked --apart yes --completed yes
    """
    fact = {"interpreter": interpreter, "apart_from_child": apart, "completed": completed}
    _found("EnquirerInterviewed", adult, fact, on, lapses_on, details, data)


def identity(
    adult: Adult,
    finding: Annotated[Finding, typer.Argument(help="What came of it.")],
    evidence: Annotated[list[IdentityEvidence] | None, typer.Option(help="What it was checked against.")] = None,
    on: On = None,
    lapses_on: LapsesOn = None,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You checked whether the adult is who they say they are.

    Example: lantern enquiry identity 3f2a9c1e established --evidence passport --evidence home_office_records
    """
    _found("IdentityChecked", adult, {"finding": finding, "evidence": evidence or []}, on, lapses_on, details, data)


def relationship(
    adult: Adult,
    finding: Annotated[Finding, typer.Argument(help="What came of it.")],
    evidence: Annotated[list[RelationshipEvidence] | None, typer.Option(help="What it was checked against.")] = None,
    matching: Annotated[list[AccountArea] | None, typer.Option(help="Where the two accounts match.")] = None,
    differing: Annotated[list[AccountArea] | None, typer.Option(help="Where they differ.")] = None,
    on: On = None,
    lapses_on: LapsesOn = None,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You checked whether the adult is to the child what they say, and compared the accounts of both.

    Example: lantern enquiry relationship 3f2a9c1e established --evidence accounts_compared --matching time_in_the_uk
    """
    fact = {
        "finding": finding,
        "evidence": evidence or [],
        "areas_matching": matching or [],
        "areas_differing": differing or [],
    }
    _found("RelationshipChecked", adult, fact, on, lapses_on, details, data)


def check(
    adult: Adult,
    result: Annotated[AgencyCheck, typer.Argument(help="What your agency's records say.")],
    on: On = None,
    lapses_on: LapsesOn = None,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You looked the adult up in your agency's own records.

    Example: lantern enquiry check 3f2a9c1e clear
    """
    _found("AgencyCheckReturned", adult, {"result": result}, on, lapses_on, details, data)


def assess(
    adult: Adult,
    decision: Annotated[RiskDecision, typer.Argument(help="What the assessment says.")],
    keeps_safe: Annotated[YesNo, typer.Option(help="Whether the adult keeps the child safe.")] = YesNo.UNKNOWN,
    responsible: Annotated[YesNo, typer.Option(help="Whether they can care for the child.")] = YesNo.UNKNOWN,
    welfare: Annotated[YesNo, typer.Option(help="Whether contact is good for the child.")] = YesNo.UNKNOWN,
    on: On = None,
    lapses_on: LapsesOn = None,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """You assessed the risk of reuniting the child with the adult.

    Example: lantern enquiry assess 3f2a9c1e release --keeps-safe yes --responsible yes --welfare yes
    """
    fact = {
        "decision": decision,
        "keeps_child_safe": keeps_safe,
        "exercises_responsibility": responsible,
        "contact_consistent_with_welfare": welfare,
    }
    _found("RiskAssessed", adult, fact, on, lapses_on, details, data)


def revoke(
    adult: Adult,
    reason: Annotated[RevocationReason, typer.Argument(help="Why it no longer holds.")] = RevocationReason.OTHER,
    details: Details = None,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """What was established about the adult no longer holds: from now on nothing opens for them.

    Example: lantern enquiry revoke 3f2a9c1e false_documents
    """
    _found("VerificationRevoked", adult, {"reason": reason}, None, None, details, data, part=uuid.uuid4().hex)


def _found(
    event: str,
    adult: str,
    fact: Mapping[str, Any],
    on: str | None,
    lapses_on: datetime | None,
    details: Path | None,
    data: Path,
    *,
    part: str = "",
) -> None:
    """Say what was found out about the adult, under the record of the child for whom they asked."""
    given = details_in(details)
    lasting = {"lapses_on": lapses_on.date().isoformat()} if lapses_on else {}
    said = rung(event, enquiry_of(data, adult), {**fact, **lasting}, telling(on, given), part)
    tell(speaker(data), said, data)
    typer.echo(f"It is on record. `lantern enquiry show {adult}` says what is still missing.")
