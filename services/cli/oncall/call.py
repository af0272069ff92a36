"""`lantern oncall call`: the police call on every agency's own alerting system, or end that."""

from typing import Annotated

import typer

from services.cli import client, signed_in
from services.cli.oncall.alerts import Number
from services.cli.oncall.asking import SERVICE


def call(
    alert: Number,
    over: Annotated[bool, typer.Option("--over", help="End the call instead.")] = False,
    data: client.Data = client.DEFAULT_DATA,
) -> None:
    """Decide that every agency is called, and print the CAP 1.2 message for its alerting system (police alone).

    The message is from the hub and names no child and no place; its area is always the United Kingdom.

    Example: lantern oncall call 3f2a9c1e > call.xml
    """
    with signed_in.asking(data, SERVICE) as api:
        answer = api.request("DELETE" if over else "POST", f"/api/alerts/{alert}/call")
    if not answer.is_success:
        client.answer(answer)
    typer.echo(answer.text)
