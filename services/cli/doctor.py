"""`lantern doctor`: what is wrong with the local edition on this machine, and what to do."""

import json

import typer

from services.cli import client
from services.cli.edition import AsJson, edition_in
from services.runtime.local import doctor


def examine(data: client.Data = client.DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Look at each thing that can be wrong, and say what to do; exit status 1 when something is.

    Example: lantern doctor
    """
    findings = doctor.examine(edition_in(data))
    if as_json:
        typer.echo(json.dumps([vars(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            typer.echo(f"{'well ' if finding.well else 'WRONG'}  {finding.subject}: {finding.sentence}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)
